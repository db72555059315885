"""The one order of all frames' steps, against prints that the program makes on its way."""

import json

from tracer import Trace, record_calls

GENERATOR = """
def count(n):
    while n:
        yield n
        n -= 1

def main(n):
    total = 0
    for x in count(n):
        total += x
    return total
"""


def order(trace):
    return [
        (moment.kind, trace.frames[moment.frame].function, trace.frames[moment.frame].steps[moment.step].line)
        for moment in trace.order()
        if moment.step is not None
    ]


def test_the_steps_of_a_generator_stand_between_those_of_its_reader():
    [outcome] = record_calls(GENERATOR, "main", ["2"])
    steps = [(function, line) for kind, function, line in order(outcome.trace) if kind == "step"]
    assert steps == [
        ("main", 8), ("main", 9), ("count", 3), ("count", 4), ("main", 10), ("main", 9), ("count", 5), ("count", 3),
        ("count", 4), ("main", 10), ("main", 9), ("count", 5), ("count", 3), ("main", 11),
    ]  # fmt: skip


def test_a_frame_knows_the_step_that_called_it():
    code = "def half(n):\n    return n // 2\n\ndef main(n):\n    a = n\n    b = half(a) + half(half(a))\n    return b\n"
    [outcome] = record_calls(code, "main", ["8"])
    assert [(frame.function, frame.caller_step) for frame in outcome.trace.frames] == [
        ("main", None), ("half", 1), ("half", 1), ("half", 1),
    ]  # fmt: skip


def test_a_stored_trace_keeps_its_order():
    [outcome] = record_calls(GENERATOR, "main", ["3"])
    stored = Trace.from_json(json.loads(json.dumps(outcome.trace.to_json())))
    assert stored == outcome.trace
    assert list(stored.order()) == list(outcome.trace.order())


def test_every_step_comes_once_and_in_the_order_of_its_frame():
    [outcome] = record_calls(GENERATOR, "main", ["4"])
    trace = outcome.trace
    for index, frame in enumerate(trace.frames):
        steps = [moment.step for moment in trace.order() if moment.frame == index and moment.kind == "step"]
        begun = [moment.step for moment in trace.order() if moment.frame == index and moment.kind == "call"]
        assert begun in ([None], [0])
        assert steps == list(range(len(frame.steps)))
