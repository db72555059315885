import pytest

from variants import Candidate, Demands, ProgramError, admit

REFERENCE = """
def larger(a, b):
    if a > b:
        return a
    return b
"""
TESTS = ["larger(1, 2)", "larger(2, 1)", "larger(3, b=3)"]
SAME = "def larger(a, b):\n    return a if a > b else b\n"
CASES = {
    "accepted": SAME,
    "duplicate": REFERENCE,
    "unreadable": "def larger(a, b:\n",
    "no entry point": "def largest(a, b):\n    return a if a > b else b\n",
    "too simple": "def larger(a, b):\n    return max(a, b)\n",
    "too similar": REFERENCE.replace("return b", "return b  # the other"),
    "different": "def larger(a, b):\n    return a if a < b else b\n",
}


@pytest.mark.parametrize("decision", CASES)
def test_decides_and_says_why(decision):
    demands = Demands(max_jaccard=0.95, min_complexity=2)
    [admission] = admit(REFERENCE, TESTS, [Candidate("someone", CASES[decision])], demands=demands)
    assert admission.decision == decision
    assert (admission.detail == "") == (decision == "accepted")


def test_the_verdict_names_the_input_that_tells_them_apart():
    [admission] = admit(REFERENCE, TESTS, [Candidate("someone", CASES["different"])])
    assert admission.equivalence is not None
    assert admission.equivalence.separating_input == "1, 2"
    assert "1, 2" in admission.detail


def test_takes_the_most_diverse_and_keeps_the_order():
    near = SAME.replace("a > b", "(a > b)")
    far = (
        "def larger(first_value, b):\n    winner = b\n    while winner < first_value:\n"
        "        winner = first_value\n    return winner\n"
    ).replace("first_value", "a")
    admissions = admit(
        REFERENCE, TESTS, [Candidate("x", near), Candidate("y", SAME), Candidate("z", far)], n=2
    )
    decisions = [admission.decision for admission in admissions]
    assert decisions.count("accepted") == 2
    assert decisions[2] == "accepted"


def test_a_candidate_that_was_seen_is_a_duplicate():
    admissions = admit(REFERENCE, TESTS, [Candidate("x", SAME), Candidate("y", SAME + "\n")])
    assert [admission.decision for admission in admissions] == ["accepted", "duplicate"]


def test_one_that_breaks_leaves_the_rest_alone():
    broken = "import sys\n\n\ndef larger(a, b):\n    sys.exit(3)\n"
    endless = "def larger(a, b):\n    while True:\n        pass\n"
    wanted = [Candidate("x", broken), Candidate("y", endless), Candidate("z", SAME)]
    admissions = admit(REFERENCE, TESTS[:1], wanted)
    assert [admission.decision for admission in admissions] == ["different", "different", "accepted"]


@pytest.mark.parametrize(
    ("tests", "message"),
    [
        ([], "no tests"),
        (["larger(1, x)"], "cannot be run"),
        (["larger(1, 2)", "smaller(1, 2)"], "one function at a time"),
        (["other(1)"], "fails on its own input"),
        (["larger(1)", "larger"], "cannot be run"),
    ],
)
def test_refuses_tests_that_are_none(tests, message):
    with pytest.raises(ProgramError, match=message):
        admit(REFERENCE, tests, [])
