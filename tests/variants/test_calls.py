import pytest

from variants import ProgramError, generate
from variants.calls import read_tests

CODE = "def f(xs, k=1):\n    total = k\n    for x in xs:\n        total += x\n    return total\n"


def test_tests_are_calls_with_or_without_what_they_give():
    tests = read_tests(["f([1, 2], k=2)", "f([]) == 1", " f([ 3 ])==(4) "])
    assert tests.entry_point == "f"
    assert tests.inputs == ("[1, 2], k=2", "[]", "[3]")
    assert tests.expected == (None, "1", "4")


@pytest.mark.parametrize(
    ("test", "message"),
    [
        ("f([1]) == g(2)", "cannot be run"),
        ("f([1]) == x", "cannot be run"),
        ("f([1]) < 3", "cannot be run"),
        ("1 == f([1])", "cannot be run"),
        ("f([1", "cannot be run"),
        ("f(*[1])", "cannot be run"),
    ],
)
def test_what_is_no_test_is_named(test, message):
    with pytest.raises(ProgramError, match=message):
        read_tests([test])


def test_a_program_that_fails_its_own_test_is_refused_with_what_it_gives():
    with pytest.raises(ProgramError, match=r"fails its own test: f\(\[1\]\) gives 2, not 3"):
        generate(CODE, ["f([]) == 1", "f([1]) == 3"], n=1, seed=0)
    with pytest.raises(ProgramError, match=r"f\(1\) gives TypeError: .*, not 3"):
        generate(CODE, ["f(1) == 3"], n=1, seed=0)


def test_a_test_compares_as_python_does():
    assert generate(CODE, ["f([1]) == 2.0"], n=1, seed=0).variants
