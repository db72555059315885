"""The first step that a predicted trace has wrong."""

import pytest

import tracer
from core_bench.records import Reply
from core_bench.scoring.divergence import first_divergence, predicted_trace, true_trace
from core_bench.scoring.tracing import summarise_traces, trace_divergences
from core_bench.suites import load_suite

CODE = "def double(n):\n    return 2 * n\n\ndef run(n):\n    total = 0\n    for i in range(n):\n        total += double(i)\n    return total\n"
RIGHT = """line 5: total = 0
line 6: i = 0
line 7: total = 0
line 2: return = 0
line 6: i = 1
line 7: total = 2
line 2: return = 2
line 6:
line 8: return = 2"""


@pytest.fixture(scope="module")
def true():
    [outcome] = tracer.record_calls(CODE, "run", ["2"])
    return true_trace(outcome.trace)


def diverges(text, true):
    return first_divergence(predicted_trace(f"[TRACE]\n{text}\n[/TRACE]\n[ANSWER]2[/ANSWER]"), true)


def test_the_true_trace_diverges_nowhere(true):
    # `total += 0` changes nothing, so the tracer does not tell it; a model that does is not wrong.
    found = diverges(RIGHT, true)
    assert (found.kind, found.kept, found.steps) == ("none", 1.0, 9)


@pytest.mark.parametrize(
    ("old", "new", "kind", "at", "name"),
    [
        ("line 5: total = 0\n", "line 5: total = 1\n", "value", 1, "total"),
        ("line 6: i = 1", "line 6: i = True", "value", 5, "i"),
        ("line 6: i = 1", "line 6:", "missing value", 5, "i"),
        ("line 6: i = 1", "line 6: so i gets one", "missing value", 5, "i"),
        ("line 7: total = 2", "line 8: total = 2", "line", 6, None),
        ("\nline 8: return = 2", "", "too short", 9, None),
        ("line 8: return = 2", "line 8: return = 3", "value", 9, "return"),
        ("line 8: return = 2", "line 8: return = 2\nline 9:", "too long", None, None),
        ("line 7: total = 2", "line 7: total = __import__('os')", "value", 6, "total"),
    ],
)
def test_where_it_leaves_the_true_trace(old, new, kind, at, name, true):
    found = diverges(RIGHT.replace(old, new), true)
    assert (found.kind, found.at, found.name) == (kind, at, name)
    if at is not None:
        assert found.kept == pytest.approx((at - 1) / 9)


def test_several_names_and_expressions_in_a_line():
    [line] = predicted_trace("[TRACE] line 3: a = [1, 2], b = {'x, y = 1': 2}, return = (1,)")
    assert line.changes == {"a": "[1, 2]", "b": "{'x, y = 1': 2}", "return": "(1,)"}


def test_a_reply_without_a_trace():
    assert predicted_trace("[ANSWER]2[/ANSWER]") is None
    assert first_divergence(None, []).kind == "no trace"


def test_the_last_block_counts():
    assert [line.line for line in predicted_trace("[TRACE]line 1:[/TRACE] no: [TRACE]line 2:[/TRACE]")] == [2]


def test_a_whole_run_of_traces():
    """Every sample of a shipped problem, answered by its own trace, and one by a wrong one."""
    suite = load_suite("core-mini")
    problem = suite.items[0].problem
    items = [item for item in suite.items if item.problem == problem]
    samples = [item for item in items if item.kind == "sample"]
    replies = []
    for place, item in enumerate(samples):
        [outcome] = tracer.record_calls(item.code, item.entry_point, [item.input])
        lines = [
            f"line {row.line}: {', '.join(f'{name} = {value}' for name, value in row.changes.items() if not tracer.is_marker(value))}"
            for row in true_trace(outcome.trace)
        ]
        text = "\n".join(lines[:1] if place == 0 else lines)
        replies.append(Reply(item=item.id, method="coc", text=f"[TRACE]\n{text}\n[/TRACE]", finish="stop"))
    found = trace_divergences(items, replies)
    summary = summarise_traces(items, found)
    assert summary.whole.value == pytest.approx(1 - 1 / len(samples))
    assert summary.kinds == {"none": len(samples) - 1, "too short": 1}
    assert 1 - 1 / len(samples) < summary.kept.value < 1
