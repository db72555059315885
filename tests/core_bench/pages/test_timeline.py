"""The order of steps and calls, against what the interpreter itself says about who called whom where."""

import sys
from collections import Counter

import pytest

from core_bench.data_folder import data_folder
from core_bench.pages import timeline
from core_bench.suites.problems import read_problems
from tracer import parse_arguments, record_calls


def calls_as_they_happen(code, entry_point, arguments):
    """Return (function, line of the caller, k-th time that the caller was on that line) of each call."""
    made, counts = [], {}

    def on_call(frame, event, _):
        if frame.f_code.co_filename != "<here>" or frame.f_code.co_name.startswith("<"):
            return None
        if frame in counts:
            return on_line  # a generator is resumed
        caller = frame.f_back
        while caller not in counts and caller.f_code.co_filename == "<here>":
            caller = caller.f_back  # a comprehension or a lambda runs inside a step
        place = (caller.f_lineno, counts[caller][caller.f_lineno]) if caller in counts else None
        made.append((frame.f_code.co_qualname, place))
        counts[frame] = Counter()
        return on_line

    def on_line(frame, event, _):
        if event == "line":
            counts[frame][frame.f_lineno] += 1
        return on_line

    namespace = {"__name__": "program"}
    exec(compile(code, "<here>", "exec"), namespace)
    given = parse_arguments(arguments)
    sys.settrace(on_call)
    try:
        namespace[entry_point](*given.positional, **given.keyword)
    except Exception:
        pass
    finally:
        sys.settrace(None)
    return made


def calls_as_placed(outcome):
    placed = timeline(outcome.trace)
    calls = []
    for index, frame in enumerate(outcome.trace.frames):
        place = placed.places.get(index)
        step = None if place is None else outcome.trace.frames[frame.parent].steps[place]
        calls.append((frame.function, (step.line, step.occurrence) if step else None))
    return calls


GENERATOR = """\
def count(n):
    while n:
        got = yield n
        print(got)
        n -= got or 1

def main(n):
    total = 0
    for x in count(n):
        print(x)
        total += x
    return total
"""

CALLS = {
    "recursion": (
        "def fib(n):\n    if n < 2:\n        return n\n    return fib(n - 1) + fib(n - 2)\n",
        "fib",
        "6",
    ),
    "a loop over what a call gives, nested": (
        "def part(n):\n    return [n] * n\n\n"
        "def main(n):\n    total = 0\n    for i in range(n):\n        for x in part(i):\n            total += x\n"
        "    return total\n",
        "main",
        "4",
    ),
    "methods and a class": (
        "class Box:\n    def __init__(self, x):\n        self.x = x\n\n    def get(self):\n        return self.x\n\n"
        "def main(xs):\n    boxes = [Box(x) for x in xs]\n    total = 0\n    for box in boxes:\n"
        "        total += box.get() * box.get()\n    return total\n",
        "main",
        "[3, 1]",
    ),
    "handed on": (
        "def key(x):\n    return -x\n\ndef main(xs):\n    ys = sorted(xs, key=key)\n    return ys\n",
        "main",
        "[1, 2, 3]",
    ),
    "a closure": (
        "def main(n):\n    total = 0\n    def add(k):\n        nonlocal total\n        total += k\n"
        "    for k in range(n):\n        add(k)\n    return total\n",
        "main",
        "3",
    ),
    "an exception on the way": (
        "def check(x):\n    if x < 0:\n        raise ValueError\n    return x\n\n"
        "def main(xs):\n    out = []\n    for x in xs:\n        try:\n            out.append(check(x) + check(1))\n"
        "        except ValueError:\n            out.append(0)\n    return out\n",
        "main",
        "[1, -1]",
    ),
    "a condition that always asks": (
        "def odd(x):\n    return x % 2\n\ndef main(xs):\n    n = 0\n    for x in xs:\n        if x and odd(x):\n"
        "            n += 1\n    return n\n",
        "main",
        "[1, 2, 3]",
    ),
    "a condition that sometimes asks": (
        "def odd(x):\n    return x % 2\n\ndef main(xs):\n    n = 0\n    for x in xs:\n        if x and odd(x):\n"
        "            n += 1\n    return n\n",
        "main",
        "[0, 1, 2]",
    ),
    "a generator that is read later": (
        "def count(n):\n    while n:\n        yield n\n        n -= 1\n\ndef main(n):\n    numbers = count(n)\n"
        "    total = n\n    for x, y in zip(numbers, [1, 2, 3]):\n        total += x * y\n    return total\n",
        "main",
        "3",
    ),
    "a lazy map": (
        "def double(x):\n    return 2 * x\n\ndef main(xs):\n    ys = map(double, xs)\n    n = len(xs)\n    return list(ys)\n",
        "main",
        "[1, 2]",
    ),
    "a callback": (
        "def double(x):\n    return 2 * x\n\ndef main(n):\n    f = double\n    a = f(n)\n    b = f(a)\n    return b\n",
        "main",
        "2",
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_every_call_is_at_its_step(name):
    code, entry_point, arguments = CALLS[name]
    [outcome] = record_calls(code, entry_point, [arguments])
    assert calls_as_placed(outcome) == calls_as_they_happen(*CALLS[name])


def test_every_call_is_at_its_step_in_all_shipped_programs():
    checked = 0
    for source in read_problems(data_folder() / "problems", origin="x", licence="x"):
        for program in source.implementations:
            entry_point, inputs = source.problem.entry_point, source.problem.inputs
            for text, outcome in zip(inputs, record_calls(program.code, entry_point, inputs), strict=True):
                calls = calls_as_placed(outcome)
                assert calls == calls_as_they_happen(program.code, entry_point, text), program.id
                checked += len(calls) - 1
    assert checked > 1_000


def test_events_nest_and_numbers_count_up():
    [outcome] = record_calls(*CALLS["recursion"][:2], [CALLS["recursion"][2]])
    found = timeline(outcome.trace)
    depth = 0
    for event in found.events:
        depth -= event.kind == "leave"
        assert event.depth == depth - bool(event.number)
        depth += event.kind == "enter"
    numbers = [event.number for event in found.events if event.number]
    assert numbers == list(range(1, found.count + 1))
    assert sum(event.kind != "back" for event in found.events if event.number) == outcome.trace.step_count


def test_deep_recursion_is_no_problem_here():
    code = "def deep(n):\n    if n:\n        return deep(n - 1)\n    return 0\n"
    [outcome] = record_calls(code, "deep", ["800"])
    assert max(event.depth for event in timeline(outcome.trace).events) == 800


def rows(trace):
    """Return (kind, function, line, what is printed with it) of each event with a number."""
    return [
        (
            event.kind,
            trace.frames[event.frame].function,
            trace.frames[event.frame].steps[event.step].line,
            trace.stdout[slice(*event.printed)],
        )
        for event in timeline(trace).events
        if event.number
    ]


def test_a_generator_stands_between_the_steps_of_its_reader():
    [outcome] = record_calls(GENERATOR, "main", ["2"])
    found = rows(outcome.trace)
    assert [row[:3] for row in found] == [
        ("run", "main", 8), ("call", "main", 9), ("run", "count", 2), ("run", "count", 3), ("back", "main", 9),
        ("run", "main", 10), ("run", "main", 11), ("call", "main", 9), ("resume", "count", 3), ("run", "count", 4),
        ("run", "count", 5), ("run", "count", 2), ("run", "count", 3), ("back", "main", 9), ("run", "main", 10),
        ("run", "main", 11), ("call", "main", 9), ("resume", "count", 3), ("run", "count", 4), ("run", "count", 5),
        ("run", "count", 2), ("back", "main", 9), ("run", "main", 12),
    ]  # fmt: skip
    assert [row[3] for row in found if row[3]] == ["2\n", "None\n", "1\n", "None\n"]


CHAIN = """\
import asyncio

async def wait(x):
    await asyncio.sleep(0)
    print("waited", x)
    return x

def inner():
    got = yield 1
    yield got

def outer():
    yield from inner()
    yield 3

async def both():
    a, b = await asyncio.gather(wait(1), wait(2))
    return a + b

def main():
    g = outer()
    first = next(g)
    second = g.send(7)
    return first, second, list(g), asyncio.run(both())
"""


def test_chains_of_generators_and_coroutines_show_each_step_once_and_all_that_is_printed():
    [outcome] = record_calls(CHAIN, "main", [""])
    assert outcome.value == "(1, 7, [3], 3)"
    found = timeline(outcome.trace)
    begun = [(event.frame, event.step) for event in found.events if event.kind in ("run", "call")]
    assert len(begun) == len(set(begun)) == outcome.trace.step_count
    assert "".join(row[3] for row in rows(outcome.trace)) == outcome.trace.stdout == "waited 1\nwaited 2\n"
    for index, frame in enumerate(outcome.trace.frames):
        whole = [
            event.step for event in found.events if event.frame == index and event.done == 2 and event.number
        ]
        resumed = [step for step, one in enumerate(frame.steps) if one.yielded is not None]
        if not frame.suspended:
            assert sorted(set(whole)) == resumed
        for turn in [turn for turn in found.turns if turn.frame == index and turn.caller is not None]:
            assert turn.number > 0
    assert sum(turn.suspends for turn in found.turns) == sum(
        len(frame.turns) - 1 + frame.suspended for frame in outcome.trace.frames
    )


def test_every_shipped_program_shows_all_its_output_in_order():
    for source in read_problems(data_folder() / "problems", origin="x", licence="x")[:20]:
        program = source.implementations[0]
        for outcome in record_calls(program.code, source.problem.entry_point, source.problem.inputs):
            events = timeline(outcome.trace).events
            assert (
                "".join(outcome.trace.stdout[slice(*event.printed)] for event in events)
                == outcome.trace.stdout
            )
            assert sum(event.kind in ("run", "call") for event in events) == outcome.trace.step_count
