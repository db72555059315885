"""What a trace shows is held against two observers, and the command says how that went."""

from core_bench import shown
from core_bench.shown import agreement_on
from core_bench.suites.corpus import making
from core_bench.suites.corpus.running import Call
from tracer import Limits, Refusal, evaluate, record_calls

CODE = """\
def f(n):
    total = 0
    for i in range(n):
        if i % 2:
            total += i
    return total
"""


def trace_of(text, **options):
    [outcome] = record_calls(CODE, "f", [text], **options)
    return outcome.trace


def test_two_observers_agree_on_all_that_is_shown():
    found = agreement_on(trace_of("4"))
    assert found.is_complete
    assert not found.is_doubtful
    assert found.states == found.agreed > 20
    assert found.sentence == f"Two observers agree on {found.agreed} states."


def test_a_long_trace_is_looked_at_in_its_beginning():
    found = agreement_on(trace_of("400"))
    assert not found.whole
    assert not found.is_complete
    assert found.sentence == f"Two observers agree on {found.agreed} states in the first 500 steps."


def test_a_difference_is_shown_with_both_values(monkeypatch):
    def answered(query, trace):
        if query.kind == "value_after" and query.name == "total":
            return Refusal("observers differ", "line recording: 1; instrumented program: 2")
        return evaluate(query, trace)

    monkeypatch.setattr(shown, "evaluate", answered)
    trace = trace_of("4")
    found = agreement_on(trace)
    assert found.is_doubtful
    assert found.sentence == (
        f"The observers differ on 3 of {found.states} states. value_after (function f, call 1, line 2, "
        "occurrence 1, name total): line recording: 1; instrumented program: 2"
    )
    assert making._traceable([Call("f(4)", "4", trace)]) is None


def test_one_observer_is_not_enough():
    found = agreement_on(trace_of("4", observers=1))
    assert found.agreed == 0
    assert found.is_doubtful
    assert found.sentence.startswith("No gold can be made of it: ")
    assert making._traceable([Call("f(4)", "4", trace_of("4", observers=1))]) is None
    cut = agreement_on(trace_of("4", limits=Limits(events=5)))
    assert cut.is_doubtful
    assert cut.states == 0
