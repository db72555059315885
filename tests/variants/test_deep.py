"""CrossHair as a deeper check: what it finds, what it does not compare, and how it is missed."""

import ast
import importlib.util

import pytest

from variants import CrossHairMissingError, ProgramError, deep_check
from variants.signatures import parameter_types, type_of

needs_crosshair = pytest.mark.skipif(
    importlib.util.find_spec("crosshair") is None,
    reason="CrossHair is not installed; pip install 'core-bench[crosshair]'",
)
CODE = "def f(xs, n):\n    if n == 7919 and len(xs) == 3:\n        return 0\n    return n\n"


@needs_crosshair
def test_finds_what_nobody_would_draw_and_confirms_it():
    found = deep_check(CODE, "def f(ys, m):\n    return m\n", "f", 4, inputs=["[1, 2], 3", "[], 0"])
    assert found.finding == "different"
    assert found.separating_input is not None
    assert "7919" in found.separating_input


@needs_crosshair
def test_every_path_of_a_small_program_is_a_proof():
    found = deep_check("def f(n: int):\n    return n + n\n", "def f(m: int):\n    return 2 * m\n", "f", 4)
    assert found.finding in {"same", "no difference"}
    assert found.paths is not None
    assert found.paths > 0


@needs_crosshair
@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("def f(n: int):\n    print(n)\n", "compares no output"),
        ("def f(n: int):\n    yield n\n", "compares no generators"),
        ("def f(*n):\n    return n\n", "starred"),
        ("def f(n, k):\n    return n\n", "unknown type"),
    ],
)
def test_names_what_crosshair_does_not_compare(code, reason):
    found = deep_check(code, code, "f", 1)
    assert found.finding == "unsupported"
    assert reason in found.detail


@needs_crosshair
def test_bad_programs_are_named():
    with pytest.raises(ProgramError, match="does not parse"):
        deep_check("def f(:", CODE, "f", 1)
    with pytest.raises(ProgramError, match="defines no function 'g'"):
        deep_check(CODE, CODE, "g", 1)


def test_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CrossHairMissingError, match=r"core-bench\[crosshair\]"):
        deep_check(CODE, CODE, "f", 1)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2], "int"),
        ([1, 2.0, None], "None | float | int"),
        ([[1], ["a"], []], "list[int | str]"),
        ([(1, "a"), (2, "b")], "tuple[int, str]"),
        ([(1,), (2, 3)], "tuple[int, ...]"),
        ([{"a": [1]}, {}], "dict[str, list[int]]"),
        ([{1}, {True}], "set[bool | int]"),
        ([[]], "list[int]"),
    ],
)
def test_types_of_values(values, expected):
    assert type_of(values) == expected


def test_values_decide_over_annotations():
    function = ast.parse("def f(xs: list, n: int, k=1): pass").body[0]
    assert isinstance(function, ast.FunctionDef)
    assert parameter_types(function, ["[1.5], 2", "[], k='a', n=3"]) == ["list[float]", "int", "str"]
    assert parameter_types(function) is None
