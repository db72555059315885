"""Programs that were answered by hand: what the oracle says of ordinary control flow."""

from textwrap import dedent
from typing import Any

from tests.tracer.oracle.faults import Fault
from tracer import (
    ArgumentValue,
    ConditionOutcome,
    ExceptionLine,
    ExceptionType,
    LineCount,
    LineExecuted,
    LoopIterations,
    NextLine,
    NthValue,
    ReturnValue,
    SameObject,
    ValueAfter,
    ValueAtIteration,
    ValueAtLoopExit,
    ValueBefore,
)


def _asked(name: str, code: str, arguments: str, *answers: tuple[Any, str | None]) -> list[Fault]:
    text = dedent(code).lstrip("\n")
    return [Fault(f"{name}.{place}", text, arguments, *one) for place, one in enumerate(answers, start=1)]


BY_HAND: list[Fault] = [
    *_asked(
        "loops",
        """
        def f(n):
            total = 0
            for i in range(n):
                for j in range(i):
                    if j == 2:
                        break
                    total += j
                else:
                    total += 10
            return total
        """,
        "4",
        (LoopIterations("f", 1, 3, 1), "4"),
        (LoopIterations("f", 1, 4, 4), "3"),
        (LineCount("f", 1, 3), "5"),
        (LineCount("f", 1, 9), "3"),
        (ValueAtIteration("f", 1, 7, (3, 2), "total"), "21"),
        (ValueAtLoopExit("f", 1, 4, 4, "j"), "2"),
        (NextLine("f", 1, 6, 1), "3"),
        (NthValue("f", 1, "total", 3), "20"),
        (_returned := ReturnValue("f", 1), "32"),
    ),
    *_asked(
        "while with else",
        """
        def f(n):
            while n:
                n -= 1
                if n == 9:
                    continue
            else:
                n = -1
            return n
        """,
        "2",
        (ConditionOutcome("f", 1, 2, 3), "False"),
        (LineCount("f", 1, 2), "3"),
        (LoopIterations("f", 1, 2, 1), "2"),
        (LineExecuted("f", 1, 5), "False"),
        (ValueAtLoopExit("f", 1, 2, 1, "n"), "0"),
        (_returned, "-1"),
    ),
    *_asked(
        "continue through finally",
        """
        def f():
            seen = []
            for i in range(3):
                try:
                    if i == 1:
                        continue
                    seen.append(i)
                finally:
                    seen.append('f')
            return seen
        """,
        "",
        (NextLine("f", 1, 6, 1), "9"),
        (NextLine("f", 1, 9, 2), "3"),
        (ValueBefore("f", 1, 3, 3, "seen"), "[0, 'f', 'f']"),
        (LoopIterations("f", 1, 3, 1), "3"),
    ),
    *_asked(
        "handlers",
        """
        def f(d):
            try:
                d['x'] += 1
            except (IndexError, ValueError):
                return 1
            except KeyError as e:
                found = e.args[0]
            else:
                found = None
            finally:
                d['done'] = True
            return found
        """,
        "{}",
        (NextLine("f", 1, 3, 1), "4"),
        (NextLine("f", 1, 4, 1), "6"),
        (ValueAfter("f", 1, 7, 1, "found"), "'x'"),
        (ValueAfter("f", 1, 3, 1, "d"), None),
        (LineExecuted("f", 1, 9), "False"),
        (_returned, "'x'"),
    ),
    *_asked(
        "return overridden",
        """
        def f():
            try:
                return 1
            finally:
                return 2
        """,
        "",
        (_returned, "2"),
        (NextLine("f", 1, 3, 1), "5"),
        (ExceptionType("f", 1), None),
    ),
    *_asked(
        "mutated on the way out",
        """
        def f():
            x = [1]
            try:
                return x
            finally:
                x.append(2)
        """,
        "",
        (_returned, "[1, 2]"),
        (ValueAfter("f", 1, 4, 1, "x"), "[1]"),
    ),
    *_asked(
        "generators",
        """
        def gen(n):
            got = yield n
            n += got
            yield n
            return 'end'
        def f():
            g = gen(1)
            a = next(g)
            b = g.send(5)
            c = next(g, 'default')
            return a, b, c
        """,
        "",
        (ValueAfter("gen", 1, 2, 1, "got"), None),
        (ValueBefore("gen", 1, 3, 1, "got"), "5"),
        (ValueAfter("gen", 1, 4, 1, "n"), "6"),
        (ReturnValue("gen", 1), "'end'"),
        (_returned, "(1, 6, 'default')"),
    ),
    *_asked(
        "closed generator",
        """
        def gen(log):
            try:
                yield 1
                log.append('never')
            finally:
                log.append('closed')
        def f():
            log = []
            for x in gen(log):
                break
            return log
        """,
        "",
        (_returned, "['closed']"),
        (ValueAtLoopExit("f", 1, 9, 1, "log"), "['closed']"),
        (LineExecuted("gen", 1, 4), "False"),
        (ExceptionLine("gen", 1), "3"),
    ),
    *_asked(
        "closures",
        """
        def f():
            count = 0
            def bump():
                nonlocal count
                count += 1
                return count
            bump()
            count *= 10
            return bump()
        """,
        "",
        (ValueAfter("f", 1, 7, 1, "count"), "1"),
        (ArgumentValue("f.<locals>.bump", 1, "count"), None),
        (ValueBefore("f.<locals>.bump", 2, 5, 1, "count"), "10"),
        (ReturnValue("f.<locals>.bump", 2), "11"),
    ),
    *_asked(
        "with",
        """
        class M:
            def __init__(self, log):
                self.log = log
            def __enter__(self):
                self.log.append('in')
                return self.log
            def __exit__(self, *error):
                self.log.append('out')
                return True
        def f():
            with M([]) as log:
                log.append(1)
                raise KeyError
            return log
        """,
        "",
        (ValueAfter("f", 1, 12, 1, "log"), "['in', 1]"),
        (ValueBefore("f", 1, 14, 1, "log"), "['in', 1, 'out']"),
        (LineExecuted("f", 1, 11), "True"),
        (ExceptionType("f", 1), None),
        (_returned, "['in', 1, 'out']"),
    ),
    *_asked(
        "match",
        """
        def f(v):
            match v:
                case [0, x]:
                    r = x
                case [y, *rest] if y > 5:
                    r = rest
                case {'k': z}:
                    r = z
                case _:
                    r = None
            return r
        """,
        "[7, 8]",
        (NextLine("f", 1, 3, 1), "5"),
        (NextLine("f", 1, 5, 1), "6"),
        (ValueAfter("f", 1, 6, 1, "y"), "7"),
        (LineExecuted("f", 1, 10), "False"),
        (_returned, "[8]"),
    ),
    *_asked(
        "aliases",
        """
        def f():
            a = [1]
            b = a
            c = [1]
            b.append(2)
            return a == c
        """,
        "",
        (SameObject("f", 1, 5, 1, "a", "b"), "True"),
        (SameObject("f", 1, 5, 1, "a", "c"), "False"),
        (ValueAfter("f", 1, 5, 1, "a"), "[1, 2]"),
    ),
    *_asked(
        "recursion",
        """
        def fact(n):
            if n < 2:
                return 1
            rest = fact(n - 1)
            return n * rest
        def f():
            return fact(4)
        """,
        "",
        (ArgumentValue("fact", 3, "n"), "2"),
        (ReturnValue("fact", 2), "6"),
        (ConditionOutcome("fact", 4, 2, 1), "True"),
        (ValueAfter("fact", 1, 4, 1, "rest"), "6"),
    ),
    *_asked(
        "exceptions from callees",
        """
        def g(n):
            return 1 // n
        def f(n):
            total = 0
            for i in (2, 1, 0):
                total += g(i)
            return total
        """,
        "0",
        (ExceptionLine("f", 1), "6"),
        (ExceptionLine("g", 3), "2"),
        (ExceptionType("f", 1), "'ZeroDivisionError'"),
        (ReturnValue("g", 1), "0"),
        (LineCount("f", 1, 6), "3"),
    ),
    *_asked(
        "walrus and comprehensions",
        """
        def f(xs):
            t = 0
            ys = [(t := t + x) for x in xs]
            while (n := len(ys)) > 1:
                ys.pop()
            del t
            return n
        """,
        "[1, 2, 3]",
        (ValueAfter("f", 1, 3, 1, "t"), "6"),
        (ValueAfter("f", 1, 3, 1, "ys"), "[1, 3, 6]"),
        (ValueAfter("f", 1, 6, 1, "t"), None),
        (LineCount("f", 1, 4), "3"),
        (NthValue("f", 1, "n", 3), "1"),
    ),
]
