import contextlib
import copy
import io
import random
import textwrap
from collections.abc import Callable, Sequence

import pytest

from variants import TRANSFORMS, Program

Rewrite = Callable[[str, str], str]


def _fire_everywhere(name: str, code: str) -> str:
    transform = TRANSFORMS[name]
    program = Program(code)
    for site in reversed(transform.sites(program)):
        parameters = transform.choose(program, site, random.Random(0))
        assert parameters is not None
        # Without a drawn wish a transform takes the first names on its list, which the tests can know.
        parameters = tuple(pair for pair in parameters if pair[0] != "wish")
        program = Program(transform.apply(program, site, parameters).code)
    return program.code


def _result(code: str, arguments: Sequence[object]) -> tuple[object, ...]:
    namespace: dict[str, Callable[..., object]] = {}
    arguments = copy.deepcopy(arguments)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, namespace)
        try:
            value = namespace["f"](*arguments)
        except Exception as error:
            return type(error), arguments, printed.getvalue()
    return type(value), repr(value), repr(arguments), printed.getvalue()


@pytest.fixture
def rewrite() -> Rewrite:
    """Applies a transform at all of its sites, from last to first."""
    return lambda name, code: _fire_everywhere(name, textwrap.dedent(code).lstrip("\n"))


@pytest.fixture
def same_results() -> Callable[..., bool]:
    """Whether `f` of two programs does the same for all argument lists."""
    return lambda left, right, calls: all(
        _result(textwrap.dedent(left), call) == _result(textwrap.dedent(right), call) for call in calls
    )
