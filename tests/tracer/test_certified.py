"""A plain run certifies the outcome; what a watched run says is believed only where it ended alike."""

import pytest

from tracer import Limits, evaluate, observe_calls, record_calls
from tracer.certified import Runs, differing
from tracer.conversation import Heard
from tracer.queries import ReturnValue
from tracer.results import Outcome

PLAIN = Outcome("returned", "4", arguments="[[], {}]")


def runs(plain, watched, mode="record"):
    made = []

    def make(wanted):
        made.append(wanted)
        return Heard(plain) if wanted == "run" else watched

    return Runs("def f(): return 4\n", 100, make), made


@pytest.mark.parametrize("status", ["timeout", "memory", "crashed", "bad_program", "bad_input", "tampered"])
def test_a_call_that_does_not_end_is_not_watched(status):
    plain = Outcome(status, message="why")
    one, made = runs(plain, None)
    assert one.recorded(2) == plain
    assert one.observed(2) == plain
    assert made == ["run", "run"]


@pytest.mark.parametrize(
    ("watched", "part"),
    [
        (
            Heard(Outcome("timeout", message="the CPU limit was reached")),
            "timeout: the CPU limit was reached",
        ),
        (Heard(Outcome("tampered", message="it wrote")), "tampered: it wrote"),
        (Heard(PLAIN, meddling=("the program looks at its own frames (sys._getframe)",)), "sys._getframe"),
        (Heard(PLAIN, memoryview(b"")), "malformed"),
        (Heard(PLAIN, memoryview(b"\xff" * 100)), "malformed"),
        (Heard(PLAIN, memoryview(b"[]")), "malformed"),
    ],
)
@pytest.mark.parametrize("how", ["recorded", "observed"])
def test_a_watched_run_of_no_use_is_named_and_the_outcome_stays(watched, part, how):
    one, _ = runs(PLAIN, watched)
    outcome = one.recorded(2) if how == "recorded" else one.observed(2)
    assert (outcome.status, outcome.value, outcome.trace, outcome.observation) == (
        "returned",
        "4",
        None,
        None,
    )
    assert outcome.refused.startswith(f"the {how} run: ")
    assert part in outcome.refused


def test_a_difference_is_told_in_words():
    assert differing(PLAIN, PLAIN) is None
    assert differing(PLAIN, Outcome("returned", "5", arguments="[[], {}]")) == "value 5 instead of 4"
    assert differing(PLAIN, Outcome("raised", None, "E")) == "status raised instead of returned"
    assert differing(PLAIN, Outcome("returned", "4")) == "arguments none instead of [[], {}]"
    long = Outcome("returned", "x" * 1000)
    assert len(differing(PLAIN, long)) < 200


FRAME = "import sys\ndef f():\n    if sys._getframe().f_trace: {}\n    return 1\n"
PER_PROCESS = "import os\ndef f():\n    return os.getpid()\n"


def test_a_watched_run_that_ends_otherwise_has_no_trace():
    for calls in (record_calls, observe_calls):
        [outcome] = calls(PER_PROCESS, "f", [""])
        assert outcome.status == "returned"
        assert outcome.trace is None
        assert outcome.observation is None
        assert "ended differently: value" in outcome.refused


def test_a_recorded_run_that_does_not_end_is_named():
    code = FRAME.format("__import__('time').sleep(60)")
    [outcome] = record_calls(code, "f", [""], limits=Limits(wall_s=1.0))
    assert (outcome.value, outcome.refused) == (
        "1",
        "the recorded run: timeout: the wall-clock limit was reached",
    )
    [outcome] = record_calls(FRAME.format("__import__('os')._exit(3)"), "f", [""])
    assert (outcome.value, outcome.refused) == (
        "1",
        "the recorded run: crashed: the process ended with exit code 3",
    )


def test_each_input_is_recorded_for_itself_and_in_order():
    code = "import math\ndef f(n):\n    math.seen = getattr(math, 'seen', 0) + n\n    return math.seen\n"
    outcomes = record_calls(code, "f", [str(n) for n in range(8)], observers=1)
    assert [outcome.value for outcome in outcomes] == [str(n) for n in range(8)]
    for outcome in outcomes:
        assert outcome.refused is None
        assert evaluate(ReturnValue("f", 1), outcome.trace, observers=1).literal == outcome.value


def test_a_crash_of_the_interpreter_under_a_watcher_is_named_and_the_next_call_runs():
    """CPython 3.13.0 crashes here (python/cpython#128396); other versions record it."""
    code = "def f(n):\n    i = 0\n    g = lambda: i\n    xs = [i for i in range(n)]\n    return xs\n"
    for outcome, value in zip(record_calls(code, "f", ["3", "2"]), ("[0, 1, 2]", "[0, 1]"), strict=True):
        assert (outcome.status, outcome.value) == ("returned", value)
        if outcome.trace is None:
            assert outcome.refused == "the recorded run: crashed: the process was killed by SIGSEGV"
