import random
import warnings

import pytest

from variants import TRANSFORMS, Program
from variants.compose import first_draft
from variants.transform import Transform

CODE = "def f(xs):\n    return xs\n"


class Into(Transform):
    name = "into"
    family = "noise"
    description = preconditions = "any"
    changes = frozenset({"structure"})

    def __init__(self, text):
        self.text = text

    def candidates(self, program):
        return program.tree.body

    def rewrite(self, program, node, parameters):
        return Program(self.text).tree


def steps(text):
    return [draft.code for draft in first_draft(CODE, "f").steps(random.Random(0), [Into(text)], frozenset())]


@pytest.mark.parametrize(
    "text",
    [
        "def f(xs):\n    return [x for x in (y := xs)]\n",
        "def f(xs):\n    nonlocal xs\n    return xs\n",
        "def f(xs):\n    return xs\n    break\n",
    ],
)
def test_what_only_the_compiler_objects_to_is_no_step(text):
    assert steps(text) == []


def test_what_the_compiler_warns_of_is_a_step_without_a_word():
    text = "def f(xs):\n    return xs is 1\n"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert steps(text) == [text]


def test_no_walrus_in_what_a_comprehension_runs_over():
    program = Program(
        "def f(xs, k):\n    a = xs[k:]\n    if any(x > k for x in a):\n        k = a\n    return k\n"
    )
    assert TRANSFORMS["introduce_walrus"].sites(program) == []


@pytest.mark.parametrize("name", [name for name, one in TRANSFORMS.items() if one.undoes])
def test_what_a_transform_undoes_exists(name):
    assert TRANSFORMS[name].undoes <= set(TRANSFORMS)


def test_an_inverse_does_not_fire_where_its_other_half_did():
    code = (
        "def f(xs):\n    q = [xs]\n    return q.pop(0)\n\n\ndef g(xs):\n    q = [xs]\n    return q.pop(0)\n"
    )
    there, back = TRANSFORMS["list_to_deque"], TRANSFORMS["deque_to_list"]
    made = next(first_draft(code, "f").steps(random.Random(0), [there], frozenset()))
    assert len(back.sites(made.program)) == 1
    assert list(made.steps(random.Random(0), [back], frozenset())) == []
