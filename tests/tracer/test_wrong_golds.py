"""Wrong golds that were found once: each is right now, or refused by name.

A row is a program, a question, and the right answer; several rows are one kind of fault in several forms. Where
a row names a reason, the answer has to be that refusal, on every Python minor.
"""

import sys
from dataclasses import dataclass

import pytest

from tracer import (
    ArgumentValue,
    ConditionOutcome,
    ExceptionLine,
    ExceptionType,
    Gold,
    LineCount,
    LineExecuted,
    LoopIterations,
    NextLine,
    NthValue,
    Query,
    Refusal,
    ReturnValue,
    ValueAfter,
    ValueBefore,
    evaluate,
    record_calls,
)


@dataclass(frozen=True)
class Row:
    """A program, what is asked about `f(...)`, and the right answer."""

    name: str
    code: str
    query: Query
    right: str
    text: str = ""
    refused: str | None = None


def lines(*texts: str) -> str:
    """Return the program that has these lines."""
    return "\n".join((*texts, ""))


FINALLY = [
    ("if", ["        if x > 5:", "            x = 0"], 5, "False"),
    ("if in if", ["        if x > 5:", "            if x > 6:", "                x = 0"], 5, "False"),
    ("while", ["        while x > 5:", "            x = 0", "            break"], 5, "False"),
    (
        "elif",
        ["        if x > 5:", "            x = 0", "        elif x > 9:", "            x = 1"],
        7,
        "False",
    ),
]

ROWS = [
    *[
        Row(
            f"finally with {name}: condition",
            lines("def f(x):", "    try:", "        raise ValueError", "    finally:", *body),
            ConditionOutcome("f", 1, line, 1),
            outcome,
            "1",
        )
        for name, body, line, outcome in FINALLY
    ],
    *[
        Row(
            f"finally with {name}: last line",
            lines("def f(x):", "    try:", "        raise ValueError", "    finally:", *body),
            kind("f", 1, 4 + len(body)),
            right,
            "1",
        )
        for name, body, _, _ in FINALLY
        for kind, right in ((LineExecuted, "False"), (LineCount, "0"))
    ],
    Row(
        "finally with if: next line",
        lines("def f(x):", "    try:", "        raise ValueError", "    finally:", "        if x > 5:", "            x = 0"),
        NextLine("f", 1, 5, 1),
        "None",
        "1",
    ),
    Row(
        "an OrderedDict in its own order",
        lines("from collections import OrderedDict", "def f():", "    d = OrderedDict(a=1, b=2)", "    d.move_to_end('a')", "    return d"),
        ValueAfter("f", 1, 4, 1, "d"),
        "OrderedDict({'b': 2, 'a': 1})",
    ),
    Row(
        "an OrderedDict that is returned",
        lines("from collections import OrderedDict", "def f():", "    d = OrderedDict(a=1, b=2)", "    d.move_to_end('a')", "    return d"),
        ReturnValue("f", 1),
        "OrderedDict({'b': 2, 'a': 1})",
    ),
    Row(
        "an OrderedDict inside a list, moved to the front",
        lines("from collections import OrderedDict", "def f():", "    d = [OrderedDict(a=1, b=2, c=3)]", "    d[0].move_to_end('c', last=False)", "    return len(d)"),
        ValueAfter("f", 1, 4, 1, "d"),
        "[OrderedDict({'c': 3, 'a': 1, 'b': 2})]",
    ),
    Row(
        "a Counter with an attribute",
        lines("from collections import Counter", "def f():", "    c = Counter('ab')", "    c.total_seen = 2", "    return len(c)"),
        ValueAfter("f", 1, 4, 1, "c"),
        "",
        refused="opaque",
    ),
    *[
        Row(
            f"a bytearray in {display}",
            lines("def f():", f"    d = {display}", "    return len(d)"),
            ValueAfter("f", 1, 2, 1, "d"),
            display,
        )
        for display in ("{1: bytearray(b'ab')}", "[bytearray(b'ab')]", "{1: [bytearray(b'ab')]}", "(bytearray(b'a'), 1)")
    ],
    Row(
        "a bytearray in the place of bytes",
        lines("def f():", "    d = {1: b'ab'}", "    d[1] = bytearray(b'ab')", "    return len(d)"),
        ValueAfter("f", 1, 3, 1, "d"),
        "{1: bytearray(b'ab')}",
    ),
    *[
        Row(
            f"a block that begins with a decorated function: {head}",
            lines("from functools import lru_cache", "def f(n):", f"    {head}", "        @lru_cache", "        def g(): return 1", "        n -= 1", "    return n"),
            query,
            right,
            "3",
        )
        for head, query, right in (
            ("if n:", ConditionOutcome("f", 1, 3, 1), "True"),
            ("for i in range(3):", LoopIterations("f", 1, 3, 1), "3"),
            ("while n:", ConditionOutcome("f", 1, 3, 1), "True"),
            ("while n:", LoopIterations("f", 1, 3, 1), "3"),
        )
    ],
    *[
        Row(
            f"a block that is only `{only}`",
            lines("def f(n):", "    if n:", f"        {only}", "    return n"),
            ConditionOutcome("f", 1, 2, 1),
            "True",
            "1",
        )
        for only in ("y: int", "global g", "'a text'", "...")
    ],
    *[
        Row(
            f"an endless loop that begins with {name}",
            lines("def f(n):", "    while True:", *first, "        n -= 1", "        if n < 1:", "            break", "    return n"),
            LoopIterations("f", 1, 2, 1),
            "3",
            "3",
        )
        for name, first in (
            ("a bare annotation", ["        x: int"]),
            ("a statement over several lines", ["        x = max(1,", "                n)"]),
            ("a text", ["        'a text'"]),
            ("a decorated function", ["        @max", "        def g(): pass"][1:]),
            ("a with", ["        with open:", "            pass"][:0] or ["        pass"]),
        )
    ],
    Row(
        "a generator that ends with its helper",
        lines("def gen(log):", "    try:", "        yield 1", "    finally:", "        log.append(1)", "def helper(log):", "    it = gen(log)", "    return next(it)", "def f():", "    log = []", "    x = helper(log)", "    n = len(log)", "    return n"),
        ValueAfter("f", 1, 12, 1, "n"),
        "1",
    ),
    Row(
        "a suspended generator that is let go",
        lines("def gen(log):", "    try:", "        yield 1", "        yield 2", "    finally:", "        log.append(1)", "def f():", "    log = []", "    source = gen(log)", "    next(source)", "    source = None", "    n = len(log)", "    return n"),
        ValueAfter("f", 1, 12, 1, "n"),
        "1",
    ),
    Row(
        "an object that notes its end",
        lines("class T:", "    def __init__(self, log): self.log = log", "    def __del__(self): self.log.append('end')", "def helper(log):", "    t = T(log)", "    return 1", "def f():", "    log = []", "    helper(log)", "    n = len(log)", "    return n"),
        ValueAfter("f", 1, 10, 1, "n"),
        "1",
    ),
    Row(
        "a weak reference",
        lines("import weakref", "class T: pass", "def f():", "    t = T()", "    r = weakref.ref(t)", "    t = None", "    dead = r() is None", "    return dead"),
        ValueAfter("f", 1, 7, 1, "dead"),
        "True",
    ),
    Row(
        "locals() that are looked at later",
        lines("def f(n):", "    d = locals()", "    x = 5", "    k = sorted(d)", "    return k"),
        ValueAfter("f", 1, 4, 1, "k"),
        "['n']",
        "1",
    ),
    Row(
        "locals() that keep an object alive",
        lines("LOG = []", "def gen():", "    try:", "        yield 1", "    finally:", "        LOG.append('end')", "def touch(log):", "    n = len(log)", "    return n", "def f():", "    g = gen()", "    next(g)", "    locals()", "    g = None", "    touch(LOG)"),
        ValueAfter("touch", 1, 8, 1, "n"),
        "0" if sys.version_info < (3, 13) else "1",
    ),
    Row(
        "a program that asks whether it is traced",
        lines("import sys", "def f():", "    x = sys.gettrace() is None", "    return x"),
        ReturnValue("f", 1),
        "True",
    ),
    Row(
        "the value after two functions",
        lines("def f():", "    g = lambda v: v", "    g = lambda v: v + 1", "    g = g(1)", "    return g"),
        NthValue("f", 1, "g", 2),
        "",
        refused="opaque",
    ),
    Row(
        "the value after two truncated ones",
        lines("def f():", "    g = [0] * 5000", "    g = [1] * 5000", "    g = len(g)", "    return g"),
        NthValue("f", 1, "g", 2),
        "",
        refused="truncated",
    ),
    Row(
        "an exception that is handled on the way out",
        lines("def f(d):", "    try:", "        return d['a']", "    finally:", "        try:", "            del d['b']", "        except KeyError:", "            pass"),
        ExceptionLine("f", 1),
        "3",
        "{}",
    ),
    Row(
        "an inner exception of the same name, then a bare raise",
        lines("def f(d):", "    try:", "        d['a']", "    except KeyError:", "        try:", "            d['b']", "        except KeyError:", "            pass", "        raise"),
        ExceptionLine("f", 1),
        "3",
        "{}",
    ),
    Row(
        "a property with such a finally, asked by hasattr",
        lines("class A:", "    @property", "    def p(self):", "        try:", "            raise AttributeError", "        finally:", "            try:", "                {}['b']", "            except KeyError:", "                pass", "def f():", "    return hasattr(A(), 'p')"),
        ExceptionType("A.p", 1),
        "'AttributeError'",
    ),
    Row(
        "generators that begin in another order",
        lines("def gen(k):", "    yield k", "def f():", "    a = gen(1)", "    b = gen(2)", "    next(b)", "    next(a)", "    return 0"),
        ArgumentValue("gen", 1, "k"),
        "1",
    ),
    Row(
        "a generator that never begins",
        lines("def gen(k):", "    yield k", "def f():", "    a = gen(1)", "    b = gen(2)", "    next(b)", "    return 0"),
        ArgumentValue("gen", 1, "k"),
        "1",
    ),
    Row(
        "an exception thrown through a delegation",
        lines("def f():", "    state = 0", "    def inner():", "        nonlocal state", "        try:", "            yield 1", "        except ValueError:", "            state = 1", "        yield 2", "    def outer():", "        yield from inner()", "    g = outer()", "    next(g)", "    g.throw(ValueError)", "    x = state", "    return x"),
        ValueAfter("f", 1, 14, 1, "state"),
        "1",
    ),
    Row(
        "a private name",
        lines("class A:", "    def m(self, n):", "        __t = n + 1", "        __t += 100", "        return __t", "def f():", "    return A().m(3)"),
        ValueAfter("A.m", 1, 4, 1, "_A__t"),
        "104",
    ),
    Row(
        "a closure's cell that is written from outside",
        lines("def make():", "    k = 1", "    def g(): return k", "    g.__closure__[0].cell_contents = 5", "    x = k", "    return x", "def f():", "    return make()"),
        ValueAfter("make", 1, 4, 1, "k"),
        "5",
    ),
    Row(
        "a global that is written through a function",
        lines("g = 1", "def f():", "    f.__globals__['g'] = 5", "    x = g", "    return x"),
        ValueAfter("f", 1, 3, 1, "g"),
        "5",
    ),
    Row(
        "an operator's method handed to map",
        lines("def f():", "    s = {1}", "    x = any(map(s.__ior__, [{2}]))", "    return len(s)"),
        ValueAfter("f", 1, 3, 1, "s"),
        "{1, 2}",
    ),
    Row(
        "a mutator under the name of a built-in",
        lines("from heapq import heappush as max", "def f():", "    h = []", "    max(h, 3)", "    return len(h)"),
        ValueAfter("f", 1, 4, 1, "h"),
        "[3]",
    ),
    Row(
        "a mutator under the name of a method without effect",
        lines("class A: pass", "def f():", "    xs = []", "    a = A()", "    a.count = xs.append", "    a.count(1)", "    return len(xs)"),
        ValueAfter("f", 1, 6, 1, "xs"),
        "[1]",
    ),
    Row(
        "an annotation with an effect",
        lines("def f():", "    xs = []", "    def g(a: xs.append(1)): pass", "    return len(xs)"),
        ValueAfter("f", 1, 3, 1, "xs"),
        "[1]",
    ),
    Row(
        "a global that a comprehension binds",
        lines("g = 9", "def f():", "    global g", "    y = [(g := i) for i in range(3)]", "    return g"),
        ValueAfter("f", 1, 4, 1, "g"),
        "2",
    ),
    Row(
        "a line that is inside a statement and begins another",
        lines("def f():", "    x = [1,", "2]; y = 3", "    return x"),
        LineExecuted("f", 1, 3),
        "True",
        refused="ambiguous",
    ),
    Row(
        "a condition over several lines with its block behind it",
        lines("def f(a):", "    if (a", "        > 0): c = 1", "    return a"),
        LineExecuted("f", 1, 3),
        "True",
        "1",
    ),
    Row(
        "a getter and a setter",
        lines("class Tank:", "    def __init__(self): self._level = 0", "    @property", "    def level(self): return self._level", "    @level.setter", "    def level(self, amount): self._level = amount", "def f():", "    t = Tank()", "    t.level = 1", "    t.level", "    t.level = 2", "    return t.level"),
        ArgumentValue("Tank.level", 4, "amount"),
        "",
        refused="ambiguous",
    ),
    Row(
        "a memory error that is caught",
        lines("def f():", "    try:", "        x = [0] * (1 << 60)", "        y = 1", "    except MemoryError:", "        y = 2", "    return y"),
        ValueBefore("f", 1, 7, 1, "y"),
        "",
        refused="cut",
    ),
    Row(
        "a thread that cannot be started",
        lines("import threading", "def f():", "    try:", "        threading.Thread(target=print).start()", "        y = 1", "    except RuntimeError:", "        y = 2", "    return y"),
        ValueBefore("f", 1, 8, 1, "y"),
        "",
        refused="cut",
    ),
    Row(
        "a file that cannot be read",
        lines("def f():", "    try:", "        open('/etc/hostname')", "        y = 1", "    except OSError:", "        y = 2", "    return y"),
        ValueBefore("f", 1, 7, 1, "y"),
        "",
        refused="cut",
    ),
    Row(
        "an error of the program's own by a name of the machine's",
        lines("def f():", "    try:", "        raise MemoryError", "    except MemoryError:", "        y = 2", "    return y"),
        ValueBefore("f", 1, 6, 1, "y"),
        "2",
    ),
    Row(
        "a field that is a keyword",
        lines("class Tag:", "    def __init__(self, **given): self.__dict__.update(given)", "def f():", "    t = Tag(**{'class': 'a'})", "    return len(vars(t))"),
        ValueAfter("f", 1, 4, 1, "t"),
        "",
        refused="opaque",
    ),
    Row(
        "a closure's variable is no parameter",
        lines("def f(n):", "    k = 5", "    def g(a):", "        return a + k", "    return g(n)"),
        ArgumentValue("f.<locals>.g", 1, "k"),
        "",
        "1",
        refused="unbound",
    ),
]  # fmt: skip


def answer_to(row: Row) -> Gold | Refusal:
    """Return what a recorded call answers; a call without a trace gives a refusal, too."""
    [outcome] = record_calls(row.code, "f", [row.text])
    assert outcome.status in ("returned", "raised"), outcome.message
    if outcome.trace is None:
        assert outcome.refused
        return Refusal("unconfirmed", outcome.refused)
    return evaluate(row.query, outcome.trace)


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_right_or_refused(row):
    answer = answer_to(row)
    if row.refused is not None:
        assert isinstance(answer, Refusal), answer
        assert answer.reason == row.refused, answer
    elif isinstance(answer, Gold):
        assert answer.literal == row.right
        assert len(answer.observers) == 2
    else:
        reasons = ("unconfirmed", "observers differ", "ambiguous", "no such call", "cut")
        assert answer.reason in reasons, answer


def test_an_error_of_the_machine_that_a_program_raises_itself_is_its_own():
    [row] = [row for row in ROWS if row.name == "an error of the program's own by a name of the machine's"]
    assert answer_to(row) == Gold("2")


def test_ordinary_rows_keep_their_golds():
    kept = [row.name for row in ROWS if row.refused is None and isinstance(answer_to(row), Gold)]
    assert len(kept) >= 40, sorted({row.name for row in ROWS} - set(kept))
