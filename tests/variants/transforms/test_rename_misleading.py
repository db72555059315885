import random

import pytest

from variants import TRANSFORMS, Program
from variants.rewriting.roles import MISLEADING_NAMES, ROLE_NAMES

NAME = "rename_misleading"

CODE = """
def f(s, xs, max_len, left, *, right=1):
    a = 0
    c = []
    best = None
    for h in range(max_len):
        a += 1
        best = h
    for p in xs:
        c.append(p)
    return s.upper(), a, c, best, left, right
"""


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
def test_names_mislead(seed, same_results):
    after, names = renamed(CODE, seed=seed)
    assert same_results(CODE, after, [("ab", [3, 1], 3, 4), ("", [], 0, 0)])
    assert names["max_len"] == "min_len"
    assert names["best"] == "worst"
    assert names["a"] in MISLEADING_NAMES["count"]
    assert names["c"] in MISLEADING_NAMES["collected"]
    assert names["s"] in MISLEADING_NAMES["text"]
    assert len(set(names.values())) == len(names)


def test_an_opposite_that_is_used_already_stays():
    _, names = renamed(CODE)
    assert not {"left", "right"} & set(names)


def test_a_keyword_parameter_stays():
    _, names = renamed(CODE, protected={"max_len"})
    assert "max_len" not in names
    assert "a" in names


def test_no_role_has_a_name_of_its_own_as_misleading():
    for role, names in MISLEADING_NAMES.items():
        assert not set(names) & set(ROLE_NAMES[role])
    assert set(MISLEADING_NAMES) == set(ROLE_NAMES)


@pytest.mark.parametrize(
    "code",
    [
        "def f():\n    return 1\n",
        "def f(self, _):\n    return self, _\n",
        "def f(xs):\n    ys = xs\n    return locals()\n",
    ],
)
def test_refuses(code):
    assert renamed(code) == (code, {})
