"""What a user may count on, one test an item, where no other file has it: kinds of values in states, names of
all sorts, refusals, and what other benchmarks ask.
"""

import pytest

import tracer
from tracer import Gold, Limits, Refusal, evaluate, record_calls, run_calls


def trace_of(code, text="", name="f"):
    [outcome] = record_calls(code, name, [text])
    assert outcome.trace is not None, outcome
    return outcome.trace


def reason(query, trace):
    answer = evaluate(query, trace)
    assert isinstance(answer, Refusal), answer
    return answer.reason


VALUES = {
    "10 ** 30": "1" + "0" * 30,
    "-0.0": "-0.0",
    "float('nan')": "float('nan')",
    "1e308 * 10": "float('inf')",
    "1 + 2j": "complex(1.0, 2.0)",
    "'a\\n'": "'a\\n'",
    "b'a'": "b'a'",
    "None": "None",
    "True": "True",
    "[1, [2]]": "[1, [2]]",
    "(1,)": "(1,)",
    "{'b': 1, 'a': 2}": "{'b': 1, 'a': 2}",
    "{3, 1, 2}": "{1, 2, 3}",
    "set()": "set()",
    "frozenset('ba')": "frozenset({'a', 'b'})",
    "range(1, 9)": "range(1, 9)",
    "Point(1, [2])": "Point(x=1, y=[2])",
    "Pair(1, 2)": "Pair(left=1, right=2)",
    "Plain(3)": "Plain(z=3)",
    "deque([1, 2], maxlen=3)": "deque([1, 2], maxlen=3)",
    "Counter('aab')": "Counter({'a': 2, 'b': 1})",
    "defaultdict(list, {1: [2]})": "defaultdict(list, {1: [2]})",
    "OrderedDict(a=1)": "OrderedDict({'a': 1})",
    "Decimal('1.50')": "Decimal('1.50')",
    "Fraction(2, 4)": "Fraction(1, 2)",
    "datetime.date(2020, 1, 31)": "datetime.date(2020, 1, 31)",
    "datetime.datetime(2020, 1, 31, 12)": "datetime.datetime(2020, 1, 31, 12, 0)",
    "datetime.time(1, 2)": "datetime.time(1, 2)",
    "datetime.timedelta(days=1)": "datetime.timedelta(days=1)",
}
PRELUDE = """\
import datetime
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

@dataclass
class Point:
    x: int
    y: list

Pair = namedtuple("Pair", "left right")

class Plain:
    def __init__(self, z):
        self.z = z

"""


def test_every_type_of_value_can_be_gold():
    body = "".join(f"    v{number} = {text}\n" for number, text in enumerate(VALUES))
    trace = trace_of(f"{PRELUDE}def f():\n{body}    return 0\n")
    first = PRELUDE.count("\n") + 2
    for number, text in enumerate(VALUES.values()):
        query = tracer.ValueAfter("f", 1, first + number, 1, f"v{number}")
        assert evaluate(query, trace) == Gold(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("print", "opaque"), ("lambda: 0", "opaque"), ("iter([1])", "opaque"), ("(i for i in 'a')", "opaque"),
        ("open", "opaque"), ("object()", "opaque"), ("[1, print]", "opaque"), ("defaultdict(lambda: 0)", "opaque"),
        ("[0] * 5000", "truncated"), ("'x' * 30000", "truncated"), ("2 ** 200000", "truncated"),
    ],
)  # fmt: skip
def test_what_cannot_be_gold_says_why(text, why):
    trace = trace_of(f"{PRELUDE}def f():\n    v = {text}\n    return 0\n")
    assert reason(tracer.ValueAfter("f", 1, PRELUDE.count("\n") + 2, 1, "v"), trace) == why


def test_a_cycle_is_no_gold_but_its_parts_are():
    trace = trace_of("def f():\n    a = [1]\n    b = [a]\n    a.append(b)\n    n = len(a)\n    return n\n")
    assert reason(tracer.ValueAfter("f", 1, 4, 1, "a"), trace) == "opaque"
    assert trace.frames[0].after(2)["a"] == "<cyclic list>"
    assert evaluate(tracer.ValueAfter("f", 1, 5, 1, "n"), trace) == Gold("2")


def test_two_names_for_one_object():
    code = "def f():\n    a = [1]\n    b = a\n    c = [1]\n    b = c\n    d = a[0]\n    return a\n"
    trace = trace_of(code)
    asked = {("a", "b", 3): "True", ("a", "c", 4): "False", ("b", "c", 5): "True", ("a", "b", 5): "False"}
    for (left, right, line), gold in asked.items():
        assert evaluate(tracer.SameObject("f", 1, line, 1, left, right), trace) == Gold(gold)


def test_globals_are_state():
    code = "total = 0\ndef f(n):\n    global total\n    total += n\n    total += n\n    return total\n"
    trace = trace_of(code, "3")
    assert evaluate(tracer.ValueBefore("f", 1, 4, 1, "total"), trace) == Gold("0")
    assert evaluate(tracer.ValueAfter("f", 1, 5, 1, "total"), trace) == Gold("6")


def test_nested_functions_are_frames_and_lambdas_and_comprehensions_are_in_their_step():
    code = (
        "def f(xs):\n    def twice(x):\n        y = 2 * x\n        return y\n"
        "    key = lambda x: -x\n    ys = [twice(x) for x in xs if x]\n    ys.sort(key=key)\n    return ys\n"
    )
    trace = trace_of(code, "[1, 0, 2]")
    assert [(frame.function, frame.call, frame.caller_step) for frame in trace.frames] == [
        ("f", 1, None), ("f.<locals>.twice", 1, 2), ("f.<locals>.twice", 2, 2),
    ]  # fmt: skip
    assert evaluate(tracer.ValueAfter("f", 1, 7, 1, "ys"), trace) == Gold("[4, 2]")


def test_async_generators_suspend_and_go_on():
    code = (
        "import asyncio\nasync def count(n):\n    for i in range(n):\n        await asyncio.sleep(0)\n        yield i\n"
        "async def main(n):\n    total = 0\n    async for x in count(n):\n        total += x\n    return total\n"
        "def f(n):\n    return asyncio.run(main(n))\n"
    )
    trace = trace_of(code, "3")
    assert evaluate(tracer.ReturnValue("main", 1), trace) == Gold("3")
    assert evaluate(tracer.ValueAfter("main", 1, 9, 3, "total"), trace) == Gold("3")
    assert evaluate(tracer.ValueBefore("count", 1, 5, 2, "i"), trace) == Gold("1")
    assert len(next(frame for frame in trace.frames if frame.function == "count").turns) > 3


def test_refusals_of_runs_that_go_wrong():
    loop = "def f(xs):\n    for x in xs:\n        y = 1 // x\n    return y\n"
    trace = trace_of(loop, "[1, 0]")
    assert reason(tracer.ValueAfter("f", 1, 3, 2, "y"), trace) == "raises"
    assert reason(tracer.LoopIterations("f", 1, 2, 1), trace) == "loop not left"
    assert reason(tracer.ReturnValue("f", 1), trace) == "not returned"
    assert reason(tracer.ValueBefore("f", 1, 3, 1, "y"), trace) == "unbound"
    [outcome] = record_calls(loop, "f", [str([1] * 900)], limits=Limits(events=50))
    assert outcome.trace.cut == "too many events"
    assert reason(tracer.ReturnValue("f", 1), outcome.trace) == "cut"


def test_the_tasks_of_reval_are_queries():
    """Coverage, path, state and output (Chen et al., "Reasoning Runtime Behavior of a Program with LLM")."""
    code = "def f(n):\n    if n > 2:\n        n -= 2\n    else:\n        n = 0\n    return n\n"
    trace = trace_of(code, "5")
    coverage = {line: evaluate(tracer.LineExecuted("f", 1, line), trace) for line in (2, 3, 5, 6)}
    assert coverage == {2: Gold("True"), 3: Gold("True"), 5: Gold("False"), 6: Gold("True")}
    path = {line: evaluate(tracer.NextLine("f", 1, line, 1), trace) for line in (2, 3, 6)}
    assert path == {2: Gold("3"), 3: Gold("6"), 6: Gold("None")}
    assert evaluate(tracer.ValueAfter("f", 1, 3, 1, "n"), trace) == Gold("3")
    assert evaluate(tracer.ReturnValue("f", 1), trace) == Gold("3")


def test_a_gigabyte_of_print_stdin_and_sleep_are_outcomes_and_the_next_call_runs():
    code = (
        "import time\ndef f(n):\n    if n == 0:\n        for _ in range(1024):\n            print('x' * 2**20)\n"
        "    if n == 1:\n        return input()\n    if n == 2:\n        time.sleep(60)\n    return n\n"
    )
    inputs = ["0", "1", "2", "3"]
    for call in (run_calls, record_calls):
        outcomes = call(code, "f", inputs, limits=Limits(cpu_s=2, wall_s=2.0))
        assert [(outcome.status, outcome.exception) for outcome in outcomes] == [
            ("output", None), ("raised", "EOFError"), ("timeout", None), ("returned", None),
        ]  # fmt: skip
