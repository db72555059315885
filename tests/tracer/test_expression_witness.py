"""Both observers of sub-expressions say the same, and where one of them is wrong there is no gold."""

import random
from contextlib import suppress
from itertools import islice
from pathlib import Path

import pytest

import tracer.observer
from tracer import (
    ExpressionValue,
    Gold,
    Limits,
    OperandOutcome,
    evaluate_expression,
    observe_calls,
    parse_arguments,
)
from tracer.expressions import Expressions
from tracer.wire import MalformedError, Packer
from tracer.witness import expression_capture
from tracer.witness.expression_capture import ExpressionCapture
from tracer.witness.expression_testimony import decode

ROOT = Path(__file__).resolve().parents[2]
TWO_LAMBDAS = "lambdas"
MADE_AND_RESUMED = "order"
ROWS = {
    "junctions": (
        """\
def f(a, b, c):
    x = a and b or c
    y = a or b and c
    z = (a or b) and (b or c) or 7
    if a and (b or c) and not (a and c):
        return x, y, z
    while not a and b:
        a = 5
    return [x or y] and z
""",
        ["0,1,2", "1,0,0", "1,1,0", "'', [], 3.0", "0,0,0"],
    ),
    "chains": (
        """\
def f(a, b, c):
    if a < b < c < 9:
        return 1
    r = a <= b <= c
    s = a < b < c and b or c < a < 4
    t = 0 < (a or b) < 5 != c
    return r, s, t, not a < b < c
""",
        ["1,2,3", "2,1,3", "3,3,3", "0,0,8"],
    ),
    "ternaries": (
        """\
def f(a, b):
    x = a if b else 3
    y = (a if b else b) if (a if b else not a) else 'n'
    z = 1 if a and b else 2 if a or b else (0)
    if (a if b else a + 1):
        z = [x if y else z for y in (a, b)]
    return (x, y, z) if 1 else 0
""",
        ["0,0", "0,1", "1,0", "2,3"],
    ),
    "walrus": (
        """\
def f(xs):
    if (n := len(xs)) > 2 and (m := n * 2):
        xs = [y := x + 1 for x in xs]
    return [(k := v, k + 1) for v in xs if (w := v % 2)], n
""",
        ["[1,2,3]", "[1]"],
    ),
    "fstrings": (
        """\
def f(a, b):
    s = f'{a} {a + b!r:>{b}} {f"{a}{b}"}'
    t = f'{a if a else b}{a:{a}}'
    return s + t + f'{a=}' + f'x'
""",
        ["1,5", "0,3"],
    ),
    "comps": (
        """\
def f(xs):
    a = [x * y for x in xs if x for y in range(x) if y > 1 and x < 9]
    b = {x: y for x, y in zip(xs, xs[1:]) if x < y < 5}
    c = {x % 3 for x in sorted(xs, key=lambda v: -v)}
    d = sum(x for x in xs if x % 2 or x > 3)
    e = [[y for y in range(x)] for x in xs]
    return a, b, c, d, e
""",
        ["[1,2,3,4]", "[0]", "[]"],
    ),
    "lambdas": (
        """\
def f(xs):
    g = lambda a, b=len(xs): a + b if a > b else (lambda c: c * a)(b)
    k = max(xs, key=lambda v: v % 3)
    return [g(x) for x in map(g, xs)] and k
""",
        ["[1,2,5]", "[4]"],
    ),
    "generators": (
        """\
def f(n):
    def gen(k):
        i = 0
        while i < k:
            got = yield i * 2
            i += got or 1
    a, b = gen(n), gen(2)
    return list(a), next(b), b.send(1), (yield_from(n))
def yield_from(n):
    def inner():
        r = yield from range(n)
        return r
    return list(inner())
""",
        ["3", "1"],
    ),
    "order": (
        """\
def gen(k):
    yield k + 1
def f():
    a = gen(1); b = gen(2)
    x = next(b)
    y = next(a)
    return x, y
""",
        [""],
    ),
    "decorators": (
        """\
def f(n):
    def deco(k):
        return lambda fn: (lambda x: fn(x) + k)
    @deco(n + 1)
    def g(x, y=n * 2):
        return x * y
    class C(list, metaclass=type(n and list)):
        z = n + 3
        def m(self, q=n or 4):
            return q + self.z + len(self)
    return g(n), C([n]).m()
""",
        ["2", "0"],
    ),
    "exceptions": (
        """\
def f(xs):
    r = []
    for x in xs:
        try:
            r.append(10 // x + (x and 1))
            assert x < 4, f'big {x}'
        except ZeroDivisionError:
            r.append(x or -1)
        except AssertionError as e:
            r.append(str(e))
        finally:
            r.append(x if x else None)
    if len(r) > 2 and r[0] / 0:
        return 1
    return r
""",
        ["[1,0,5]", "[0]"],
    ),
    "match": (
        """\
def f(p):
    match p:
        case [x, y] if x > y:
            return x - y
        case [x, *rest] if rest and x:
            return sum(rest) + x
        case {'a': v} if v:
            return v * 2
        case _:
            return p or 0
""",
        ["[3,1]", "[1,3]", "[0,1]", "{'a': 4}", "{'a': 0}", "0"],
    ),
    "own truth": (
        """\
class T:
    n = 0
    def __init__(self, v): self.v = v
    def __bool__(self):
        T.n += 1
        return self.v
    def __lt__(self, other): return T(self.v and other.v)
def f(v):
    t, s = T(v), T(not v)
    x = t and 1
    y = 0 or t
    z = (t or 0) or s or 3
    if t or not s:
        T.n += 100
    w = 1 if t and s else 2
    while t and not s:
        break
    k = [a for a in (t, s) if a]
    if s < t < s:
        T.n += 1000
    u = (t if s else s) and not t
    assert t or s
    assert not (t and s)
    q = t < s < t
    return T.n, w, len(k)
""",
        ["True", "False"],
    ),
    "regex": (
        """\
import re
def f(lines):
    out = []
    for l in lines:
        m = re.match('(a+)(b*)', l)
        if m and m.group(2):
            out.append(m.group(1))
        elif not m:
            out.append(None)
    return out, [l for l in lines if re.match('a', l)], [l for l in lines if not re.search('b', l)]
""",
        ["['aab','b','a']"],
    ),
    "loops": (
        """\
def f(n):
    t = 0
    for i in range(n):
        for j in range(i):
            if j == 2:
                break
            t += i * j
        else:
            t += 100
    while t > 0:
        t -= 30
        if t < 40: continue
    d = {}
    for d['k'] in [n, n + 1]:
        d['k'] += 1
    return t, d
""",
        ["4", "0"],
    ),
    "genexps": (
        """\
def f(xs):
    gs = []
    for x in xs:
        gs.append((x * n for n in (1, 2) if n or x))
    x = 10
    both = ((a, b) for a, b in zip((x for x in xs if x > 1), (x + 1 for x in xs)))
    return [next(g) for g in gs for _ in (0, 1)], list(both), any(any(z == y for z in xs) for y in [9, 2])
""",
        ["[5, 6]", "[1,2,3]"],
    ),
    "slices": (
        """\
def f(a, i):
    a[i:i + 2], a[-1] = [i, i * 2], a[i - 1]
    del a[i % 2]
    b = {**{'k': i}, 'l': [*a, i]}
    a[i % len(a)] += i
    b['l'][0], b['z'] = i, a[::i or 1]
    return a, b, *a[:i]
""",
        ["[1,2,3,4], 1"],
    ),
    "async": (
        """\
import asyncio
async def g(n):
    await asyncio.sleep(0)
    return n * 2
async def ag(n):
    for i in range(n):
        yield i + 1
async def main(n):
    r = [await g(n)]
    async for v in ag(n):
        r.append(v * n)
    return r or 0
def f(n):
    return asyncio.run(main(n))
""",
        ["2"],
    ),
    "closures": (
        """\
def f(n):
    total = n
    def add(k):
        nonlocal total
        total += k or 1
        return total
    return [add(i) for i in range(n)], sorted(((add(v), v) for v in range(n)), key=lambda p: (p[1] % 2, p[0]))
""",
        ["3"],
    ),
    "super": (
        """\
class A:
    def __init__(self, n): self.n = n + 1
    @property
    def v(self): return self.n * 2
class B(A):
    def __init__(self, n):
        super().__init__(n or 5)
    def go(self):
        return [super(B, self).v + x for x in sorted((1, 2), key=lambda q: -q)] + [x for x in map(lambda y: y + self.v, [1])]
def f(n):
    return B(n).go()
""",
        ["0", "3"],
    ),
}


@pytest.fixture
def agreement(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks import expression_agreement

    return expression_agreement


@pytest.fixture
def programs(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks import programs

    return programs


def queries_of_second(testimony):
    """Yield a query for all that the second observer lists."""
    table = testimony.table
    for call in testimony.calls:
        testimony.executions(call, 0)
        for site, executions in call.executions.items():
            for occurrence, one in enumerate(executions, 1):
                for kind, listed in ((ExpressionValue, one.values), (OperandOutcome, one.outcomes)):
                    for number, evaluations in listed.items():
                        written = table.expressions[number]
                        if written.listed and (written.operands is not None or kind is ExpressionValue):
                            yield from _queries(
                                testimony, kind, call, site, occurrence, number, len(evaluations)
                            )


def _queries(testimony, kind, call, site, occurrence, number, evaluations):
    table = testimony.table
    text = table.text(number)
    place = 1 + table.places(text, site).index(number)
    where = table.functions[call.function].name, call.number, table.sites[site].line, occurrence, text
    operands = range(table.expressions[number].operands + 1) if kind is OperandOutcome else (None,)
    for evaluation in range(1, evaluations + 1):
        for operand in operands:
            yield kind(*where, *(() if operand is None else (operand,)), evaluation=evaluation, place=place)


def refused(name, text, agreement):
    """Ask for all that either observer lists; return the reasons for which a gold of one is refused."""
    [outcome] = observe_calls(ROWS[name][0], "f", [text])
    assert (outcome.refused, outcome.observation.unconfirmed) == (None, "")
    observation, reasons, golds = outcome.observation, [], 0
    for query in (*agreement.queries(observation), *queries_of_second(observation.second)):
        answer = evaluate_expression(query, observation)
        if isinstance(answer, Gold):
            golds += 1
            assert answer.observers == ("instrumented copy", "second instrumented copy")
        elif isinstance(evaluate_expression(query, observation, observers=1), Gold):
            reasons.append(answer.reason)
    assert golds > 5
    return set(reasons)


CALLS = [(name, text) for name, (_, inputs) in ROWS.items() for text in inputs]


@pytest.mark.parametrize(("name", "text"), CALLS, ids=[f"{name}({text})" for name, text in CALLS])
def test_both_observers_say_the_same_of_all_that_either_lists(name, text, agreement):
    expected = {TWO_LAMBDAS: {"unconfirmed"}, MADE_AND_RESUMED: {"observers differ"}}.get(name, set())
    assert refused(name, text, agreement) == expected


def second(code, text, query):
    arguments = parse_arguments(text)
    capture = ExpressionCapture(code)
    scope = {"__name__": "program"}
    exec(capture.code, scope)
    with suppress(ZeroDivisionError), capture.watching():
        scope["f"](*arguments.positional, **arguments.keyword)
    answer = decode(capture.report(), code).answer(query)
    return answer.literal if isinstance(answer, Gold) else answer.reason


V, T = ExpressionValue, OperandOutcome


@pytest.mark.parametrize(
    ("name", "text", "query", "expected"),
    [
        ("junctions", "0,1,2", V("f", 1, 2, 1, "a and b or c"), "2"),
        ("junctions", "0,1,2", V("f", 1, 2, 1, "a and b"), "0"),
        ("junctions", "0,1,2", V("f", 1, 4, 1, "b or c"), "1"),
        ("junctions", "0,1,2", T("f", 1, 2, 1, "a and b or c", 1), "False"),
        ("junctions", "0,1,2", T("f", 1, 2, 1, "a and b", 2), "not evaluated"),
        ("junctions", "1,1,0", V("f", 1, 5, 1, "not (a and c)"), "True"),
        ("junctions", "1,1,0", T("f", 1, 5, 1, "a and (b or c) and not (a and c)", 3), "True"),
        ("junctions", "1,1,0", T("f", 1, 5, 1, "a and c", 2), "False"),
        ("chains", "0,0,8", V("f", 1, 4, 1, "a <= b <= c"), "True"),
        ("chains", "0,0,8", T("f", 1, 2, 1, "a < b < c < 9", 1), "False"),
        ("chains", "0,0,8", T("f", 1, 2, 1, "a < b < c < 9", 2), "not evaluated"),
        ("chains", "2,1,3", T("f", 1, 6, 1, "0 < (a or b) < 5 != c", 3), "True"),
        ("ternaries", "2,3", V("f", 1, 2, 1, "a if b else 3"), "2"),
        ("ternaries", "2,3", T("f", 1, 4, 1, "a and b", 2), "True"),
        ("ternaries", "1,0", V("f", 1, 3, 1, "a if b else not a"), "False"),
        ("walrus", "[1,2,3]", V("f", 1, 2, 1, "(m := n * 2)"), "6"),
        ("walrus", "[1,2,3]", V("f", 1, 4, 1, "k + 1"), "4"),
        ("fstrings", "0,3", V("f", 1, 3, 1, "a", place=1), "not evaluated"),
        ("fstrings", "0,3", V("f", 1, 3, 1, "a", place=2), "0"),
        ("fstrings", "1,5", V("f", 1, 2, 1, 'f"{a}{b}"'), "'15'"),
        ("comps", "[1,2,3,4]", T("f", 1, 2, 1, "y > 1 and x < 9", 1, evaluation=3), "False"),
        ("comps", "[1,2,3,4]", V("f", 1, 5, 1, "x % 2", evaluation=4), "0"),
        ("lambdas", "[4]", V("f", 1, 4, 1, "k"), "4"),
        ("lambdas", "[4]", V("f.<locals>.<lambda>", 1, 3, 1, "v % 3"), "ambiguous"),
        ("super", "3", V("B.go.<locals>.<lambda>", 1, 9, 1, "-q"), "ambiguous"),
        ("closures", "3", V("f.<locals>.<lambda>", 3, 7, 1, "p[1] % 2"), "0"),
        ("generators", "3", V("f.<locals>.gen", 2, 5, 1, "(yield i * 2)"), "1"),
        ("order", "", V("gen", 1, 2, 1, "k + 1"), "2"),
        ("decorators", "2", V("f", 1, 4, 1, "deco(n + 1)"), "opaque"),
        ("decorators", "2", V("f", 1, 4, 1, "n * 2"), "4"),
        ("exceptions", "[1,0,5]", V("f", 1, 5, 2, "10 // x"), "not evaluated"),
        ("exceptions", "[1,0,5]", V("f", 1, 6, 2, "f'big {x}'"), "'big 5'"),
        ("exceptions", "[1,0,5]", T("f", 1, 6, 2, "x < 4", 0), "False"),
        ("exceptions", "[1,0,5]", V("f", 1, 12, 3, "x"), "ambiguous"),
        ("exceptions", "[1,0,5]", V("f", 1, 99, 3, "x"), "no such expression"),
        ("exceptions", "[1,0,5]", V("f", 2, 2, 1, "r"), "no such expression"),
        ("exceptions", "[1,0,5]", V("f", 2, 3, 1, "xs"), "no such call"),
        ("exceptions", "[1,0,5]", V("f", 1, 3, 5, "xs"), "line not executed"),
        ("match", "[1,3]", T("f", 1, 3, 1, "x > y", 0), "False"),
        ("match", "[1,3]", T("f", 1, 5, 1, "rest and x", 2), "True"),
        ("own truth", "True", T("f", 1, 11, 1, "0 or t", 2), "opaque"),
        ("own truth", "True", T("f", 1, 10, 1, "t and 1", 1), "True"),
        ("regex", "['aab','b','a']", T("f", 1, 6, 1, "m and m.group(2)", 1), "True"),
        ("regex", "['aab','b','a']", T("f", 1, 10, 1, "not re.search('b', l)", 0, evaluation=2), "False"),
        ("loops", "4", V("f", 1, 4, 4, "range(i)"), "range(0, 2)"),
        ("genexps", "[5, 6]", V("f", 1, 4, 2, "x * n", evaluation=2), "20"),
        ("async", "2", V("main", 1, 9, 1, "await g(n)"), "4"),
    ],
)  # fmt: skip
def test_what_the_second_observer_tells(name, text, query, expected):
    assert second(ROWS[name][0], text, query) == expected


def test_a_programs_own_truth_is_asked_as_often_as_python_asks():
    code, inputs = ROWS["own truth"]
    for text in inputs:
        [plain] = observe_calls(code, "f", [text], observers=1)
        [both] = observe_calls(code, "f", [text])
        assert plain.value == both.value
        assert both.observation.unconfirmed == ""


def test_what_the_second_observer_cannot_follow_is_refused_by_name():
    code = (
        "def f(n):\n    a = [v for v in sorted([n], key=lambda v: [locals(), v][1])]\n"
        "    g = lambda k: (yield k)\n    return a, list(g(n))\n"
    )
    [outcome] = observe_calls(code, "f", ["3"])
    query = ExpressionValue("f.<locals>.<lambda>", 1, 2, 1, "locals()")
    assert evaluate_expression(query, outcome.observation).reason in ("unconfirmed", "ambiguous", "opaque")
    assert evaluate_expression(ExpressionValue("f", 1, 2, 1, "[n]"), outcome.observation) == Gold("[3]")


TWICE = """\
class T:
    asked = 0
    def __lt__(self, other): return self
    def __bool__(self):
        T.asked += 1
        return False
def f():
    t = T()
    u = t < t < t and 1
    return T.asked
"""


def test_where_a_hook_would_have_to_ask_twice_there_is_no_second_observation():
    [outcome] = observe_calls(TWICE, "f", [""])
    if outcome.observation is not None:
        assert outcome.observation.second is None
        assert "asked for twice" in outcome.observation.unconfirmed


def test_a_run_of_one_observer_gives_no_gold():
    code = "def f(n):\n    return n + 1\n"
    query = ExpressionValue("f", 1, 2, 1, "n + 1")
    [outcome] = observe_calls(code, "f", ["1"], observers=1)
    answer = evaluate_expression(query, outcome.observation)
    assert (answer.reason, "one observer" in answer.detail) == ("unconfirmed", True)
    assert evaluate_expression(query, outcome.observation, observers=1) == Gold("2")
    hidden = "def f(n):\n    return len(dir()) + n\n"
    [outcome] = observe_calls(hidden, "f", ["1"])
    assert "ended differently" in outcome.observation.unconfirmed
    [cut] = observe_calls(
        "def f(n):\n    while n: n -= 1\n    return n\n", "f", ["9000"], limits=Limits(events=100)
    )
    assert cut.observation.cut == "too many events"


def run(code, text, agreement, programs):
    given = parse_arguments(text)
    case = programs.Case("row", "row", code, "f", (given.positional, given.keyword))
    told = agreement.Told()
    agreement.ask(case, told, 10_000, random.Random(0))
    return told


WRONG = "def f(a):\n    s = {a} - {a}\n    return s or a and not s\n"


def _swapped(truth):
    return None if truth is None else not truth


MUTANTS = {
    "literals": (
        "tracer.observer.literal",
        lambda literal: lambda value: "{}" if value == set() else literal(value),
    ),
    "truths": ("tracer.observer.plain_truth", lambda real: lambda value: _swapped(real(value))),
    "operands": (
        "tracer.observer.junction_truths",
        lambda real: (
            lambda *given: [
                type(one)(one.node, one.text, (one.truths[0], *reversed(one.truths[1:])))
                for one in real(*given)
            ]
        ),
    ),
    "hidden text": (
        "tracer.observer.literal",
        lambda literal: lambda value: literal(value).replace("1", "2"),
    ),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_wrong_first_observer_gives_no_gold(mutant, monkeypatch, agreement, programs):
    assert not run(WRONG, "1", agreement, programs).differing
    place, make = MUTANTS[mutant]
    monkeypatch.setattr(place, make(getattr(tracer.observer, place.rpartition(".")[2])))
    assert run(WRONG, "1", agreement, programs).differing


def test_a_wrong_second_observer_gives_no_gold(monkeypatch, agreement, programs):
    monkeypatch.setattr(expression_capture, "_truth", lambda value: int(not value))
    told = run(WRONG, "1", agreement, programs)
    assert told.differing or told.unconfirmed
    monkeypatch.undo()
    monkeypatch.setattr(expression_capture, "text_of", lambda value: "{}")
    assert run(WRONG, "1", agreement, programs).differing


def test_a_first_observer_that_mixes_up_operands_gives_no_gold(monkeypatch, agreement, programs):
    from tracer.instrument import instrument

    inside = Expressions._called
    monkeypatch.setattr(Expressions, "_called", lambda self, node: node.args.reverse() or inside(self, node))
    code = "def f(a, b):\n    return [max(a + 0, b), pow(a, b)]\n# mixed up\n"
    instrument.cache_clear()
    assert run(code, "2, 3", agreement, programs).differing
    instrument.cache_clear()


def packed(*calls, texts=("1",), cut=None):
    packer = Packer()
    packer.text(cut)
    packer.texts(texts)
    packer.number(len(calls))
    for function, moments, events in calls:
        packer.number(function)
        packer.numbers(moments)
        packer.numbers(events)
    return packer.body()


SMALL = "def f(n):\n    m = n\n    return n or m\ndef g(k):\n    return k\n"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\xff" * 60, packed() + b"\0", packed((2, [], [])), packed((0, [9], [])), packed((0, [2], [])),
        packed((0, [-1], [])), packed((0, [0, -3], [])), packed((0, [0], [2])), packed((0, [0], [2, 0, 1])),
        packed((0, [0], [2, 1, 0])), packed((0, [0], [2, -1, 0])), packed((0, [0], [300, 0, 0])),
        packed((0, [1], [2, 0, 0])), packed((0, [0], [-1, 0, 0])), packed((0, [0], [2, 0, -1])),
    ],
)  # fmt: skip
def test_a_forged_report_is_malformed(body):
    with pytest.raises(MalformedError):
        decode(body, SMALL)


def test_a_report_that_fits_is_read():
    testimony = decode(packed((0, [0, 1], [2, 0, 0])), SMALL)
    assert testimony.answer(ExpressionValue("f", 1, 2, 1, "n")) == Gold("1")


def test_both_observers_agree_on_our_own_problems(agreement, programs):
    told = agreement.ask_all(islice(programs.own(), 0, None, 8), most=250)
    assert told.differing == []
    assert told.golds.total() > 12_000
    assert told.share < 0.02


def test_both_observers_agree_on_cruxeval(agreement, programs, bench_data):
    told = agreement.ask_all(programs.cruxeval(3))
    assert told.differing == []
    assert told.golds.total() > 5_000
    assert told.share < 0.02
