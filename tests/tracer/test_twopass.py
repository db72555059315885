import pytest

import tracer

CODE = "def g(x):\n    x += 1\n    return x\ndef f(n):\n    xs = []\n    for i in range(n):\n        xs.append(g(i))\n    return xs\n"


def loaded(code):
    scope = {}
    exec(compile(code, "<two>", "exec"), scope)
    return scope["f"]


def test_the_second_pass_looks_at_chosen_places_only():
    first = tracer.LineRecorder("<two>")
    with first.watching():
        loaded(CODE)(2)
    assert [(log.function, log.call, list(log.lines)) for log in first.logs] == [
        ("f", 1, [5, 6, 7, 6, 7, 6, 8]),
        ("g", 1, [2, 3]),
        ("g", 2, [2, 3]),
    ]
    states = tracer.states_at(lambda: loaded(CODE)(2), "<two>", {(0, 4), (0, 7), (2, 1)}, first)
    assert states == {
        (0, 4): {"n": "2", "xs": "[1]", "i": "1"},
        (0, 7): {"n": "2", "xs": "[1, 2]", "i": "1"},
        (2, 1): {"x": "2"},
    }


def test_passes_that_differ_are_an_error():
    numbers = iter([1, 2])
    with pytest.raises(tracer.NotRepeatableError):
        tracer.states_at(lambda: loaded(CODE)(next(numbers)), "<two>", {(0, 0)})


def test_a_pass_that_was_not_seen_to_its_end_gives_nothing():
    first = tracer.LineRecorder("<two>", max_events=5)
    with first.watching():
        loaded(CODE)(2)
    assert first.cut == "too many events"
    assert sum(len(log.lines) for log in first.logs) == 5
    code = "import sys\ndef f():\n    x = 1\n    sys.settrace(None)\n    return x\n"
    with pytest.raises(tracer.NotRepeatableError, match="switched off"):
        tracer.states_at(loaded(code), "<two>", {(0, 1)})
