import random

import pytest

from variants import TRANSFORMS, Program
from variants.rewriting.roles import ROLE_NAMES

NAME = "rename_by_role"

CODE = """
def f(s, xs, d, n, *, kept=0):
    a = 0
    b = 0
    c = []
    e = ""
    g = set()
    for h in range(n):
        a += 1
        b += h
    for m, o in enumerate(xs):
        c.append((m, o))
    for p in "abc":
        e += p
        g.add(p)
    q = len(xs)
    for r, t in d.items():
        c.append(r)
        b += t
    return s.upper(), a, b, c, e, sorted(g), q, [u for u in xs], d.get(1), kept
"""
EXPECTED = {
    "s": "text",
    "d": "mapping",
    "a": "count",
    "b": "total",
    "c": "collected",
    "e": "built",
    "g": "set",
    "h": "index",
    "m": "index",
    "o": "item",
    "p": "character",
    "r": "key",
    "t": "item",
    "u": "item",
    "xs": "items",
}


def renamed(code, protected=(), seed=0):
    transform, program = TRANSFORMS[NAME], Program(code)
    names = {}
    for site in reversed(transform.sites(program)):
        parameters = transform.choose(program, site, random.Random(seed), protected)
        if parameters:
            names.update(parameters)
            program = Program(transform.apply(program, site, parameters).code)
    return program.code, names


@pytest.mark.parametrize("seed", range(5))
def test_names_tell_the_role(seed, same_results):
    after, names = renamed(CODE, seed=seed)
    assert same_results(CODE, after, [("ab", [3, 1], {1: 2}, 3), ("", [], {}, 0)])
    assert len(set(names.values())) == len(names)
    for old, new in names.items():
        role = EXPECTED.get(old)
        assert role is None or new in ROLE_NAMES[role]
    assert set(EXPECTED) - set(names) <= {"o", "t", "u"}  # so many items that names may run out
    assert "q" in names


def test_a_keyword_parameter_stays():
    _, names = renamed(CODE, protected={"s", "xs"})
    assert not {"s", "xs"} & set(names)
    assert "a" in names


def test_a_good_name_stays():
    code = (
        "def f(text):\n    count = 0\n    for char in text.lower():\n        count += 1\n    return count\n"
    )
    _, names = renamed(code)
    assert not {"text", "count"} & set(names)


def test_names_differ_with_the_seed():
    assert len({renamed(CODE, seed=seed)[0] for seed in range(6)}) == 6


@pytest.mark.parametrize(
    "code",
    [
        "def f():\n    return 1\n",
        "def f(self, _):\n    return self, _\n",
        "def f(xs):\n    ys = xs\n    return locals()\n",
        "x = 1\n",
    ],
)
def test_refuses(code):
    assert renamed(code) == (code, {})
