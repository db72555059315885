"""Makes self-contained programs of functions of the standard library: what a call needs of its module."""

import importlib
import inspect
from collections.abc import Iterator
from functools import lru_cache
from textwrap import indent

from tests.tracer.oracle.compare import Case
from tests.tracer.oracle.library_calls import CALLS
from tests.tracer.oracle.shake import shaken

_OLDER = {"_pydatetime": "datetime"}
"""Modules that had another name before Python 3.12."""


@lru_cache
def _source(name: str) -> str:
    try:
        module = importlib.import_module(name)
    except ImportError:
        module = importlib.import_module(_OLDER[name])
    return inspect.getsource(module)


def program(module: str, parameters: str, body: str) -> str:
    """Return a program whose function `call` does this, with all that it needs of the module."""
    statements = body if "\n" in body else f"return {body}"
    return shaken(_source(module), f"def call({parameters}):\n{indent(statements, '    ')}\n")


def calls() -> Iterator[Case]:
    """Yield every call of the list; modules that this Python does not have are left out."""
    for number, (module, parameters, body, inputs) in enumerate(CALLS):
        try:
            code = program(module, parameters, body)
        except (ImportError, KeyError):
            continue
        for place, arguments in enumerate(inputs):
            yield Case(f"{module} {number}/{place}", code, "call", arguments)
