import pytest

from tracer import Limits, Outcome
from variants import check
from variants.equivalence import compare

ORIGINAL = """
def f(xs, n):
    seen = []
    for i in range(len(xs)):
        if xs[i] > n and i:
            seen.append(xs[i] - n)
            print(i)
    if n < 0:
        raise ValueError(n)
    xs.append(n)
    return seen
"""
INPUTS = ["[3, 1, 4, 1, 5], 2", "[], 0", "[7, 8], -1", "[2, 2, 2], 2", "n=1, xs=[5, 6, 7]"]

# one edit each, and what must tell it apart: the negative control of the verifier
MUTANTS = {
    "off by one": ("range(len(xs))", "range(len(xs) - 1)", {"value"}),
    "off by one in the bound of a comparison": ("xs[i] > n", "xs[i] >= n", {"value"}),
    "swapped operator": ("xs[i] - n", "xs[i] + n", {"value"}),
    "swapped connective": ("> n and i", "> n or i", {"value"}),
    "negated condition": ("if xs[i] > n and i", "if not (xs[i] > n and i)", {"value"}),
    "dropped statement": ("            print(i)\n", "", {"stdout"}),
    "changed stdout": ("print(i)", "print(i, end=' ')", {"stdout"}),
    "dropped mutation": ("    xs.append(n)\n", "", {"arguments"}),
    "mutated argument": ("xs.append(n)", "xs.insert(0, n)", {"arguments"}),
    "mutation before the exception": (
        "    seen = []\n",
        "    seen = []\n    xs += []\n    n < 0 and xs.pop()\n",
        {"arguments"},
    ),
    "a tuple for a list": ("return seen", "return tuple(seen)", {"value"}),
    "a float for an int": ("xs[i] - n", "xs[i] - n * 1.0", {"value"}),
    "a bool for an int": ("seen.append(xs[i] - n)", "seen.append(xs[i] - n == 2 or xs[i] - n)", {"value"}),
    "another exception": ("ValueError(n)", "KeyError(n)", {"exception"}),
    "no exception": ("raise ValueError(n)", "return seen", {"status"}),
    "no value": ("return seen", "return None", {"value"}),
    "endless": ("    xs.append(n)\n", "    while True:\n        pass\n", {"candidate_failed"}),
    "does not parse": ("return seen", "return (", {"candidate_failed"}),
    "no entry point": ("def f(", "def g(", {"candidate_failed"}),
    "a generator": ("return seen", "return (x for x in seen)", {"opaque"}),
}
LIMITS = Limits(cpu_s=1, wall_s=60)  # of the processor: a loaded machine makes nothing endless


@pytest.mark.parametrize("mutant", MUTANTS)
def test_catches(mutant):
    old, new, reasons = MUTANTS[mutant]
    assert old in ORIGINAL
    result = check(ORIGINAL, ORIGINAL.replace(old, new), "f", INPUTS, limits=LIMITS)
    assert not result.equivalent
    assert result.reason in reasons
    assert result.separating_input in INPUTS
    assert result.left is not None
    assert result.right is not None


def test_accepts_another_way_of_doing_the_same():
    candidate = """
def f(xs, n):
    result = [(i, x - n) for i, x in enumerate(xs) if x > n and i]
    for i, _ in result:
        print(i)
    if n < 0:
        raise ValueError
    xs += [n]
    return [x for _, x in result]
"""
    result = check(ORIGINAL, candidate, "f", INPUTS)
    assert result.equivalent
    assert result.reason == "same"
    assert result.separating_input is None


def test_runs_under_two_hash_seeds():
    seeded = "import sys\n\n\ndef f(x):\n    return sys.flags.hash_randomization\n"
    result = check("def f(x):\n    return 0\n", seeded, "f", ["1"])
    assert (result.reason, result.hash_seed) == ("value", 1)


def test_the_order_of_a_set_is_no_order():
    by_order = "def f(xs):\n    return list(set(xs))\n"
    result = check("def f(xs):\n    return sorted(set(xs))\n", by_order, "f", ["['a', 'b', 'c', 'd', 'e']"])
    assert result.reason == "value"


def test_an_original_that_does_not_end_is_equivalent_to_nothing():
    endless = "def f(x):\n    while True:\n        pass\n"
    result = check(endless, endless, "f", ["1"], limits=LIMITS)
    assert (result.equivalent, result.reason) == (False, "original_failed")


def test_a_value_without_a_literal_is_equivalent_to_nothing():
    code = "def f(x):\n    return object()\n"
    assert check(code, code, "f", ["1"]).reason == "opaque"


def test_needs_inputs():
    with pytest.raises(ValueError, match="no inputs"):
        check(ORIGINAL, ORIGINAL, "f", [])


@pytest.mark.parametrize("status", ["timeout", "memory", "crashed", "bad_program", "bad_input", "unheard_of"])
def test_no_status_but_returned_and_raised_counts(status):
    bad = Outcome(status)
    good = Outcome("returned", value="1", arguments="[[], {}]")
    assert compare(bad, bad) == "original_failed"
    assert compare(good, bad) == "candidate_failed"
    assert compare(good, good) == "same"
