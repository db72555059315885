"""Inputs that are drawn: the same on every machine, like the given ones, and near to what a program asks."""

import os
import subprocess
import sys

import pytest

import tracer
from variants.budget import EXCEEDED, STEPS, with_budget
from variants.inputs import extend_inputs
from variants.values import Pool, constants_of

CODE = "def f(xs, n, word='a'):\n    '''Not 77.'''\n    if n > 41 and word == 'open sesame':\n        return xs[n]\n    return len(xs)\n"
GIVEN = ["[1, 2, 3], 2", "[], 0, 'b'", "[5], n=1"]


def test_gives_the_given_ones_first_and_as_many_more():
    found = extend_inputs(CODE, "f", GIVEN, count=50)
    assert found.texts[:3] == tuple(GIVEN)
    assert found.given == 3
    assert len(found.texts) == len(set(found.texts)) == 53
    for text in found.texts:
        arguments = tracer.parse_arguments(text)
        values = {**dict(zip(("xs", "n", "word"), arguments.positional, strict=False)), **arguments.keyword}
        assert isinstance(values["xs"], list)
        assert isinstance(values["n"], int)


def test_what_a_program_compares_with_comes_in_with_its_neighbours():
    assert {40, 41, 42, "open sesame"} <= set(constants_of(CODE))
    assert 77 not in constants_of(CODE)
    found = extend_inputs(CODE, "f", GIVEN, count=200)
    words = " ".join(found.texts)
    assert "open sesame" in words
    assert " 42" in words


def test_the_seed_decides():
    assert extend_inputs(CODE, "f", GIVEN, seed=1) == extend_inputs(CODE, "f", GIVEN, seed=1)
    assert extend_inputs(CODE, "f", GIVEN, seed=1) != extend_inputs(CODE, "f", GIVEN, seed=2)


def test_the_same_under_every_hash_seed():
    command = (
        "from variants.inputs import extend_inputs; print(extend_inputs("
        "'def f(s, d):\\n    return len(s) + len(d)\\n', 'f', [\"{'a', 'b', 'c'}, {'k': {1, 2}}\"]).texts)"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", command],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


def test_a_program_without_arguments_has_no_more_inputs():
    assert extend_inputs("def f():\n    return 1\n", "f", [""]).texts == ("",)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("def f(n):\n    while n > 3:\n        n += 1\n    return n\n", "takes too long"),
        ("def f(n):\n    return f(n + 1) if n > 3 else n\n", "exhausts the machine"),
        ("def f(n):\n    return object() if n > 3 else n\n", "has no literal"),
    ],
)
def test_what_cannot_be_compared_is_left_out_by_name(code, reason):
    found = extend_inputs(code, "f", ["1", "2"])
    if reason == "exhausts the machine":
        assert found.dropped[reason] + found.dropped["takes too long"] > 0
    else:
        assert found.dropped[reason] > 0
    assert all(int(text) <= 3 for text in found.texts)


def test_a_third_may_raise():
    found = extend_inputs("def f(n):\n    return 1 // (n % 2)\n", "f", ["1", "3"], count=30)
    raising = [text for text in found.texts if int(text) % 2 == 0]
    assert 0 < len(raising) <= 10


def test_values_keep_their_type():
    pool = Pool([1, "a", (1, 2), {"k": 1.5}, {1}])
    assert set(pool.by_type) == {int, str, tuple, dict, set, float}


def test_the_budget_counts_loops_calls_and_comprehensions():
    code = "def f(n):\n    '''Doc.'''\n    for _ in range(n):\n        pass\n    return sum([1 for _ in range(n)])\n"
    limited, entry = with_budget(code, "f")
    few, many = tracer.run_calls(limited, entry, [str(STEPS // 3), str(STEPS)])
    assert (few.status, few.value) == ("returned", str(STEPS // 3))
    assert many.exception == EXCEEDED
