"""Rows 1 to 8 of the list of wrong golds (see `faults`)."""

from tests.tracer.oracle.asked import Asked, asked
from tracer import (
    ConditionOutcome,
    ExceptionLine,
    LineCount,
    LineExecuted,
    LoopIterations,
    NextLine,
    NthValue,
    ReturnValue,
    ValueAfter,
)

_RETURNED = ReturnValue("f", 1)

FAULTS_OF_STATES: list[Asked] = [
    *asked(
        "1 order",
        """
        from collections import OrderedDict
        def f():
            d = OrderedDict(a=1, b=2)
            d.move_to_end('a')
            return d
        """,
        "",
        (_RETURNED, "OrderedDict({'b': 2, 'a': 1})"),
        (ValueAfter("f", 1, 3, 1, "d"), "OrderedDict({'a': 1, 'b': 2})"),
        (NthValue("f", 1, "d", 1), "OrderedDict({'a': 1, 'b': 2})"),
    ),
    *asked(
        "2 bytearray",
        """
        def f():
            d = {1: bytearray(b'ab')}
            e = d[1]
            return d
        """,
        "",
        (_RETURNED, "{1: bytearray(b'ab')}"),
        (ValueAfter("f", 1, 2, 1, "d"), "{1: bytearray(b'ab')}"),
    ),
    *asked(
        "3 finally if",
        """
        def f(x):
            try:
                raise ValueError
            finally:
                if x > 5:
                    x = 0
        """,
        "1",
        (ConditionOutcome("f", 1, 5, 1), "False"),
        (LineExecuted("f", 1, 6), "False"),
        (LineCount("f", 1, 6), "0"),
        (NextLine("f", 1, 5, 1), "None"),
        (ExceptionLine("f", 1), "3"),
    ),
    *asked(
        "3 finally elif",
        """
        def f(x):
            try:
                raise ValueError
                x = 9
            finally:
                while x < 3:
                    x += 1
                    if x == 2:
                        break
                if x > 5:
                    x = 0
                elif x > 4:
                    x = 1
        """,
        "1",
        (ConditionOutcome("f", 1, 12, 1), "False"),
        (LineCount("f", 1, 13), "0"),
        (LineCount("f", 1, 4), "0"),
        (LoopIterations("f", 1, 6, 1), "1"),
        (NextLine("f", 1, 9, 1), "10"),
    ),
    *asked(
        "4 decorated",
        """
        from functools import lru_cache
        def f(n):
            if n:
                @lru_cache
                def g():
                    return n
                n = g() + 1
            for i in range(3):
                @lru_cache
                def h():
                    return i
                n += h()
            return n
        """,
        "1",
        (ConditionOutcome("f", 1, 3, 1), "True"),
        (LoopIterations("f", 1, 8, 1), "3"),
        (NextLine("f", 1, 3, 1), "4"),
        (_RETURNED, "5"),
    ),
    *asked(
        "5 annotations",
        """
        g = 1
        def f(n):
            if n:
                y: int
            for i in range(3):
                z: int
            if n:
                global g
            while True:
                x: int
                n += 1
                if n > 5:
                    break
            while True:
                x = max(1,
                        n)
                n += 1
                if n > 8:
                    break
            return n
        """,
        "1",
        (ConditionOutcome("f", 1, 3, 1), "True"),
        (ConditionOutcome("f", 1, 7, 1), "True"),
        (LoopIterations("f", 1, 5, 1), "3"),
        (LoopIterations("f", 1, 9, 1), "5"),
        (LoopIterations("f", 1, 14, 1), "3"),
        (LineCount("f", 1, 15), "3"),
    ),
    *asked(
        "6 lifetime of a generator",
        """
        def gen(log):
            try:
                yield 1
            finally:
                log.append(1)
        def helper(log):
            it = gen(log)
            return next(it)
        def f():
            log = []
            x = helper(log)
            n = len(log)
            it = gen(log)
            next(it)
            it = None
            m = len(log)
            return n, m
        """,
        "",
        (_RETURNED, "(1, 2)"),
        (ValueAfter("f", 1, 11, 1, "log"), "[1]"),
        (ValueAfter("f", 1, 12, 1, "n"), "1"),
        (ValueAfter("f", 1, 15, 1, "log"), "[1, 1]"),
    ),
    *asked(
        "6 lifetime of an object",
        """
        import weakref
        class T:
            def __init__(self, log):
                self.log = log
            def __del__(self):
                self.log.append('died')
        cache = weakref.WeakValueDictionary()
        def put(log):
            cache[1] = T(log)
            return len(cache)
        def f():
            log = []
            t = T(log)
            t = 1
            n = len(log)
            put(log)
            m = len(cache), len(log)
            try:
                t = T(log)
                raise ValueError
            except ValueError as e:
                del t
                k = len(log)
            return n, m, k
        """,
        "",
        (_RETURNED, "(1, (0, 2), 3)"),
        (ValueAfter("f", 1, 14, 1, "log"), "['died']"),
        (ValueAfter("f", 1, 22, 1, "log"), "['died', 'died', 'died']"),
    ),
    *asked(
        "7 locals",
        """
        import sys
        def f(n):
            d = locals()
            x = 5
            t = sys.gettrace() is None
            return sorted(d), t
        """,
        "1",
        (_RETURNED, "(['n'], True)"),
        (ValueAfter("f", 1, 5, 1, "t"), "True"),
    ),
    *asked(
        "8 markers",
        """
        def f():
            g = lambda v: v
            g = lambda v: v + 1
            g = g(1)
            return g
        """,
        "",
        (NthValue("f", 1, "g", 2), None),
        (NthValue("f", 1, "g", 3), None),
        (ValueAfter("f", 1, 4, 1, "g"), "2"),
    ),
]
