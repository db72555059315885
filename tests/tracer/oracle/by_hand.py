"""Programs that were answered by hand: what the oracle says of ordinary control flow."""

from tests.tracer.oracle.asked import Asked, asked
from tests.tracer.oracle.by_hand_calls import CALLS_BY_HAND
from tracer import (
    ConditionOutcome,
    ExceptionLine,
    ExceptionType,
    LineCount,
    LineExecuted,
    LoopIterations,
    NextLine,
    NthValue,
    ReturnValue,
    ValueAfter,
    ValueAtIteration,
    ValueAtLoopExit,
    ValueBefore,
)

_RETURNED = ReturnValue("f", 1)

BY_HAND: list[Asked] = [
    *CALLS_BY_HAND,
    *asked(
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
        (_RETURNED, "32"),
    ),
    *asked(
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
        (_RETURNED, "-1"),
    ),
    *asked(
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
    *asked(
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
        (_RETURNED, "'x'"),
    ),
    *asked(
        "return overridden",
        """
        def f():
            try:
                return 1
            finally:
                return 2
        """,
        "",
        (_RETURNED, "2"),
        (NextLine("f", 1, 3, 1), "5"),
        (ExceptionType("f", 1), None),
    ),
    *asked(
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
        (_RETURNED, "[1, 2]"),
        (ValueAfter("f", 1, 4, 1, "x"), "[1]"),
    ),
    *asked(
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
        (_RETURNED, "(1, 6, 'default')"),
    ),
    *asked(
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
        (_RETURNED, "['closed']"),
        (ValueAtLoopExit("f", 1, 9, 1, "log"), "['closed']"),
        (LineExecuted("gen", 1, 4), "False"),
        (ExceptionLine("gen", 1), "3"),
    ),
]
