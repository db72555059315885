import tracer
from tracer import ConditionOutcome, Gold, LoopIterations, Refusal, ValueAfter, ValueAtLoopExit, evaluate

SCALE = """\
def scale(values, factor):
    out = []
    for value in values:
        if value > 0 and factor:
            value *= factor
            out.append(value)
    while len(out) > 2:
        out.pop()
    return out
"""


def trace_of(code, entry_point, text):
    [outcome] = tracer.record_calls(code, entry_point, [text])
    assert outcome.trace is not None, outcome
    return outcome.trace


def test_steps_carry_states_occurrences_and_iterations():
    frame = trace_of(SCALE, "scale", "[2, -1, 3], 10").frames[0]
    assert frame.arguments == {"values": "[2, -1, 3]", "factor": "10"}
    assert frame.returned == "[20, 30]"
    steps = [(step.line, step.occurrence, step.iterations) for step in frame.steps]
    assert steps[:6] == [(2, 1, ()), (3, 1, ()), (4, 1, (1,)), (5, 1, (1,)), (6, 1, (1,)), (3, 2, ())]
    multiply = next(i for i, step in enumerate(frame.steps) if step.line == 5 and step.occurrence == 2)
    assert frame.before(multiply)["value"] == "3"
    assert frame.after(multiply)["value"] == "30"
    assert frame.steps[multiply].changed == {"value": "30"}


def test_every_query_kind_has_its_gold():
    trace = trace_of(SCALE, "scale", "[2, -1, 3, 4], 10")
    asked = {
        ValueAfter("scale", 1, 5, 3, "value"): "40",
        ValueAfter("scale", 1, 6, 2, "out"): "[20, 30]",
        ConditionOutcome("scale", 1, 4, 2): "False",
        ConditionOutcome("scale", 1, 7, 2): "False",
        LoopIterations("scale", 1, 3, 1): "4",
        LoopIterations("scale", 1, 7, 1): "1",
        ValueAtLoopExit("scale", 1, 3, 1, "out"): "[20, 30, 40]",
        ValueAtLoopExit("scale", 1, 7, 1, "out"): "[20, 30]",
    }
    assert {query: evaluate(query, trace) for query in asked} == {q: Gold(text) for q, text in asked.items()}


def test_a_query_without_an_answer_is_refused_by_name():
    trace = trace_of(SCALE, "scale", "[2], 10")
    refused = {
        ValueAfter("scale", 2, 5, 1, "value"): "no such call",
        ValueAfter("scale", 1, 5, 2, "value"): "line not executed",
        ValueAfter("scale", 1, 2, 1, "value"): "unbound",
        ConditionOutcome("scale", 1, 5, 1): "not a condition",
        LoopIterations("scale", 1, 4, 1): "not a loop",
        LoopIterations("scale", 1, 3, 2): "line not executed",
    }
    for query, reason in refused.items():
        answer = evaluate(query, trace)
        assert isinstance(answer, Refusal)
        assert answer.reason == reason


def test_recursion_numbers_the_calls():
    code = "def down(n):\n    if n > 0:\n        below = down(n - 1)\n        n += below\n    return n\n"
    trace = trace_of(code, "down", "3")
    assert [(frame.call, frame.parent) for frame in trace.frames] == [(1, None), (2, 0), (3, 1), (4, 2)]
    assert evaluate(ValueAfter("down", 2, 4, 1, "n"), trace) == Gold("3")
    assert evaluate(ConditionOutcome("down", 4, 2, 1), trace) == Gold("False")


def test_exceptions_end_frames_and_steps_say_so():
    code = (
        "def check(x):\n    if x > 1:\n        raise ValueError(x)\n    return x\n"
        "def f(xs):\n    bad = 0\n    for x in xs:\n        try:\n            check(x)\n"
        "        except ValueError:\n            bad += 1\n    return bad\n"
    )
    trace = trace_of(code, "f", "[1, 2, 3]")
    assert [frame.raised for frame in trace.frames] == [None, None, "ValueError", "ValueError"]
    main = trace.frames[0]
    assert [step.raised for step in main.steps if step.line == 9] == [None, "ValueError", "ValueError"]
    assert evaluate(ValueAtLoopExit("f", 1, 7, 1, "bad"), trace) == Gold("2")
    assert evaluate(LoopIterations("f", 1, 7, 1), trace) == Gold("3")


def test_how_a_loop_was_left():
    code = (
        "def f(xs):\n    for x in xs:\n        if x == 1:\n            break\n        if x == 2:\n"
        "            return x\n        if x == 3:\n            raise KeyError(x)\n    return 0\n"
    )
    exits = {"[0]": "exhausted", "[1]": "break", "[2]": "return", "[3]": "exception"}
    for text, expected in exits.items():
        [run] = trace_of(code, "f", text).frames[0].loops
        assert run.exit == expected
    answer = evaluate(ValueAtLoopExit("f", 1, 2, 1, "x"), trace_of(code, "f", "[2]"))
    assert isinstance(answer, Refusal)
    assert answer.reason == "loop not left"


def test_aliases_show_in_every_name():
    code = "def f():\n    rows = [[1], [2]]\n    first = rows[0]\n    first.append(9)\n    return rows\n"
    step = trace_of(code, "f", "").frames[0].steps[2]
    assert step.changed == {"rows": "[[1, 9], [2]]", "first": "[1, 9]"}


def test_a_deleted_name_is_unbound():
    code = "def f():\n    x = 1\n    del x\n    return 2\n"
    trace = trace_of(code, "f", "")
    answer = evaluate(ValueAfter("f", 1, 3, 1, "x"), trace)
    assert isinstance(answer, Refusal)
    assert answer.reason == "unbound"


def test_closures_and_statements_over_several_lines():
    code = (
        "def f(xs):\n    count = 0\n    def bump(\n        x,\n    ):\n        nonlocal count\n        count += x\n"
        "    for x in xs:\n        bump(\n            x\n        )\n    return count\n"
    )
    trace = trace_of(code, "f", "[1, 2]")
    assert evaluate(ValueAfter("f", 1, 9, 2, "count"), trace) == Gold("3")
    assert evaluate(ValueAfter("f.<locals>.bump", 2, 7, 1, "count"), trace) == Gold("3")


def test_unclear_lines_are_refused_not_guessed():
    code = "def f(xs):\n    total = 0\n    for x in xs: total += x\n    return total\n"
    answer = evaluate(LoopIterations("f", 1, 3, 1), trace_of(code, "f", "[1, 2]"))
    assert isinstance(answer, Refusal)
    assert answer.reason == "ambiguous"


def test_a_generator_suspends_and_goes_on():
    code = (
        "def gen(n):\n    for i in range(n):\n        got = yield [i]\n        n += got or 0\n"
        "def f(n):\n    g = gen(n)\n    first = next(g)\n    second = g.send(5)\n    return [first, second]\n"
    )
    trace = trace_of(code, "f", "3")
    generator = trace.frames[1]
    assert [step.line for step in generator.steps] == [2, 3, 4, 2, 3]
    waiting = generator.steps[1]
    assert (waiting.yielded, waiting.changed, waiting.resumed) == ("[0]", {}, {"got": "5"})
    assert evaluate(ValueAfter("gen", 1, 3, 1, "got"), trace) == Refusal("unbound", "got has no value there")
    assert evaluate(ValueAfter("gen", 1, 4, 1, "n"), trace) == Gold("8")
    assert (generator.parent, generator.returned) == (0, None)
    # It is let go when `f` returns; from Python 3.13 on, it is closed without running any of its code.
    assert generator.raised in ("GeneratorExit", None)


def test_a_long_run_is_cut_and_says_so():
    code = "def f(n):\n    for i in range(n):\n        pass\n    return n\n"
    [outcome] = tracer.record_calls(code, "f", ["1000"], limits=tracer.Limits(events=100))
    assert outcome.value == "1000"
    assert outcome.trace.cut == "too many events"
    answer = evaluate(LoopIterations("f", 1, 2, 1), outcome.trace)
    assert isinstance(answer, Refusal)
    assert answer.reason == "cut"


def test_a_function_object_is_recorded_in_process(tmp_path):
    (tmp_path / "mine.py").write_text(SCALE)
    scope = {}
    exec(compile(SCALE, str(tmp_path / "mine.py"), "exec"), scope)
    trace = tracer.record(scope["scale"], [2, -1, 3], factor=10)
    assert trace.frames == trace_of(SCALE, "scale", "[2, -1, 3], factor=10").frames


def test_a_trace_survives_json():
    trace = trace_of(SCALE, "scale", "[2, -1, 3], 10")
    assert tracer.Trace.from_json(trace.to_json()) == trace


def test_what_a_step_prints_is_its_own():
    code = "def g():\n    print('in')\ndef f():\n    x = 1\n    g()\n    print('out', x)\n    return x\n"
    trace = trace_of(code, "f", "")
    assert [step.stdout for step in trace.frames[0].steps] == ["", "in\n", "out 1\n", ""]
    assert [step.stdout for step in trace.frames[1].steps] == ["in\n"]


def test_self_attributes_are_state():
    code = (
        "class Account:\n    def __init__(self, n):\n        self.n = n\n    def pay(self, n):\n        self.n -= n\n"
        "        return self\ndef f():\n    a = Account(5)\n    b = a.pay(2)\n    return a.n\n"
    )
    trace = trace_of(code, "f", "")
    assert [step.changed for step in trace.frames[0].steps] == [
        {"a": "Account(n=5)"},
        {"a": "Account(n=3)", "b": "Account(n=3)"},
        {},
    ]
    assert evaluate(ValueAfter("Account.pay", 1, 5, 1, "self"), trace) == Gold("Account(n=3)")
    assert evaluate(tracer.SameObject("f", 1, 9, 1, "a", "b"), trace) == Gold("True")


def test_coroutines_suspend_and_go_on():
    code = (
        "import asyncio\nasync def w(x):\n    await asyncio.sleep(0)\n    return x\nasync def main():\n"
        "    a = await w(1)\n    b = await w(a + 1)\n    return a + b\ndef f():\n    return asyncio.run(main())\n"
    )
    main = next(frame for frame in trace_of(code, "f", "").frames if frame.function == "main")
    assert main.returned == "3"
    assert [(step.yielded, step.raised, step.resumed) for step in main.steps] == [
        ("None", None, {"a": "1"}),
        ("None", None, {"b": "2"}),
        (None, None, {}),
    ]


def test_where_an_exception_comes_from_and_who_handles_it():
    code = (
        "def g():\n    try:\n        int('x')\n    finally:\n        y = 1\n"
        "def f():\n    try:\n        g()\n    except ValueError:\n        return 1\n"
    )
    trace = trace_of(code, "f", "")
    marks = [
        [(s.line, s.raised, s.propagated, s.handled) for s in frame.steps if s.raised]
        for frame in trace.frames
    ]
    assert marks == [[(8, "ValueError", True, True)], [(3, "ValueError", False, False)]]
    assert (trace.frames[1].raised, trace.frames[1].returned) == ("ValueError", None)


def test_a_program_that_switches_tracing_off_is_refused():
    code = "import sys\ndef f():\n    x = 1\n    sys.settrace(None)\n    x = 2\n    return x\n"
    [outcome] = tracer.record_calls(code, "f", [""])
    assert (outcome.value, outcome.trace) == ("2", None)
    assert outcome.refused == "the recorded run: the program sets a trace function (sys.settrace)"


def test_the_header_of_an_endless_loop_runs_once_however_it_is_compiled():
    code = (
        "def f(n):\n    while True:\n        m = n\n        if m < 0:\n            break\n        elif n == 9:\n            return n\n"
        "        else:\n            n -= 1\n    return n\n"
    )
    trace = trace_of(code, "f", "3")
    assert evaluate(tracer.LineCount("f", 1, 2), trace) == Gold("1")
    assert evaluate(tracer.NextLine("f", 1, 9, 1), trace) == Gold("3")
    assert evaluate(LoopIterations("f", 1, 2, 1), trace) == Gold("5")
