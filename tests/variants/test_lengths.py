import pytest

import tracer
from variants import TraceLength, executed_lines, generate

PROGRAMS = {
    "loop": "def f(n):\n    total = 0\n    for i in range(n):\n        if i % 2:\n            total += i\n    return total\n",
    "helper": "def g(n):\n    return n + 1\n\n\ndef f(n):\n    a = g(n)\n    return g(a)\n",
    "comprehension": "def f(n):\n    xs = [i for i in range(n)]\n    return sorted(xs, key=lambda x: -x)\n",
    "raises": "def f(n):\n    a = n\n    return 1 // (a - n)\n",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_counts_the_steps_of_a_trace(name):
    outcomes = tracer.record_calls(PROGRAMS[name], "f", ["3", "5"])
    steps = [outcome.trace.step_count for outcome in outcomes if outcome.trace is not None]
    assert executed_lines(PROGRAMS[name], "f", ["3", "5"]) == sum(steps)


def test_an_endless_program_has_no_length():
    endless = "def f(n):\n    while True:\n        n += 1\n"
    assert executed_lines(endless, "f", ["1"], tracer.Limits(cpu_s=1)) is None


def test_the_ratio_is_that_of_the_sums():
    assert TraceLength(10, 15).ratio == 1.5
    assert TraceLength(0, 0).ratio == 1.0


def test_a_variant_knows_how_many_lines_it_executes():
    [variant] = generate(
        PROGRAMS["loop"], ["f(3)", "f(4)"], n=1, seed=0, transforms=["for_to_while"]
    ).variants
    assert variant.length is not None
    assert variant.length.original == executed_lines(PROGRAMS["loop"], "f", ["3", "4"])
    assert variant.length.variant == executed_lines(variant.code, "f", ["3", "4"])
    assert variant.length.ratio > 1
