"""Programs that were answered by hand: calls, closures, objects."""

from tests.tracer.oracle.asked import Asked, asked
from tracer import (
    ArgumentValue,
    ConditionOutcome,
    ExceptionLine,
    ExceptionType,
    LineCount,
    LineExecuted,
    NextLine,
    NthValue,
    ReturnValue,
    SameObject,
    ValueAfter,
    ValueBefore,
)

_RETURNED = ReturnValue("f", 1)

CALLS_BY_HAND: list[Asked] = [
    *asked(
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
    *asked(
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
        (_RETURNED, "['in', 1, 'out']"),
    ),
    *asked(
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
        (_RETURNED, "[8]"),
    ),
    *asked(
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
    *asked(
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
    *asked(
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
    *asked(
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
