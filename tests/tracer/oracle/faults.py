"""Programs with their right answers, by the rows of the list of wrong golds that were found once.

`right` is what Python's semantics say: a literal, or None where there is no answer. The oracle has to give
it; the tracer has to give it or to refuse.
"""

from dataclasses import dataclass
from textwrap import dedent
from typing import Any

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
    ValueAfter,
    ValueBefore,
)


@dataclass(frozen=True)
class Fault:
    """A question about one call of `f`, and its right answer."""

    row: str
    code: str
    arguments: str
    query: Any
    right: str | None


def _faults(row: str, code: str, arguments: str, *answers: tuple[Any, str | None]) -> list[Fault]:
    text = dedent(code).lstrip("\n")
    return [Fault(f"{row}.{place}", text, arguments, *one) for place, one in enumerate(answers, start=1)]


_RETURNED = ReturnValue("f", 1)

FAULTS: list[Fault] = [
    *_faults(
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
    *_faults(
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
    *_faults(
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
    *_faults(
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
    *_faults(
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
    *_faults(
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
    *_faults(
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
    *_faults(
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
    *_faults(
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
    *_faults(
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
    *_faults(
        "9 exceptions",
        """
        def f(d):
            try:
                return d['a']
            finally:
                try:
                    del d['b']
                except KeyError:
                    d['c'] = 1
        """,
        "{}",
        (ExceptionLine("f", 1), "3"),
        (ExceptionType("f", 1), "'KeyError'"),
        (LineCount("f", 1, 8), "1"),
    ),
    *_faults(
        "9 raised again",
        """
        def f(d):
            try:
                d['a']
            except KeyError:
                try:
                    d['b']
                except KeyError:
                    d['c'] = 1
                raise
        """,
        "{}",
        (ExceptionLine("f", 1), "3"),
        (NextLine("f", 1, 9, 1), "None"),
    ),
    *_faults(
        "9 raised by name",
        """
        def f(d):
            try:
                d['a']
            except KeyError as e:
                d['b'] = 1
                raise e
        """,
        "{}",
        (ExceptionLine("f", 1), "6"),
    ),
    *_faults(
        "10 property",
        """
        class T:
            @property
            def p(self):
                try:
                    raise AttributeError('a')
                finally:
                    try:
                        {}['k']
                    except KeyError:
                        pass
        def f():
            return hasattr(T(), 'p')
        """,
        "",
        (ExceptionType("T.p", 1), "'AttributeError'"),
        (ExceptionLine("T.p", 1), "5"),
        (_RETURNED, "False"),
    ),
    *_faults(
        "11 calls are numbered when made",
        """
        def gen(n):
            yield n
        def f():
            a = gen(1)
            b = gen(2)
            c = gen(3)
            d = gen(4)
            next(b)
            next(a)
            next(d)
            return 0
        """,
        "",
        (ArgumentValue("gen", 1, "n"), "1"),
        (ArgumentValue("gen", 2, "n"), "2"),
        (ArgumentValue("gen", 4, "n"), "4"),
    ),
    *_faults(
        "12 thrown through a delegation",
        """
        def f():
            x = 0
            def inner():
                nonlocal x
                try:
                    yield 1
                except ValueError:
                    x = 5
                    yield 2
            def outer():
                yield from inner()
            g = outer()
            next(g)
            g.throw(ValueError)
            y = x
            return y
        """,
        "",
        (ValueAfter("f", 1, 14, 1, "x"), "5"),
        (_RETURNED, "5"),
    ),
    *_faults(
        "13 mangled",
        """
        __t = 1
        class T:
            def m(self, n):
                __t = n + 1
                __t += 3
                return __t
        def f(n):
            return T().m(n)
        """,
        "100",
        (ValueAfter("T.m", 1, 5, 1, "_T__t"), "104"),
        (_RETURNED, "104"),
    ),
    *_faults(
        "13 cells",
        """
        import builtins
        from heapq import heappush as max
        g = 1
        def f():
            x = 0
            h = [3]
            s = {1}
            def inner():
                return x
            inner.__closure__[0].cell_contents = 5
            y = x
            inner.__globals__['g'] = 5
            z = g
            max(h, 1)
            any(map(s.__ior__, [{2}]))
            def k(a: h.append(9)):
                return a
            return y, z, h
        """,
        "",
        (ValueAfter("f", 1, 10, 1, "x"), "5"),
        (ValueAfter("f", 1, 12, 1, "g"), "5"),
        (ValueAfter("f", 1, 14, 1, "h"), "[1, 3]"),
        (ValueAfter("f", 1, 15, 1, "s"), "{1, 2}"),
        (ValueAfter("f", 1, 16, 1, "h"), "[1, 3, 9]"),
        (_RETURNED, "(5, 5, [1, 3, 9])"),
    ),
    *_faults(
        "13 walrus of a global",
        """
        g = 7
        def f(n):
            global g
            xs = [(g := i) for i in range(n)]
            y = g
            return xs
        """,
        "3",
        (ValueAfter("f", 1, 4, 1, "g"), "2"),
        (ValueAfter("f", 1, 5, 1, "y"), "2"),
    ),
    *_faults(
        "14 shared lines",
        """
        def f(n):
            x = [1,
                 2]; y = 3
            if (n and
                    n): c = 1
            return y
        """,
        "1",
        (LineExecuted("f", 1, 3), "True"),
        (LineExecuted("f", 1, 5), "True"),
    ),
    *_faults(
        "15 meddling",
        """
        import builtins, sys
        class M(type):
            def __hash__(cls):
                return hash(int)
            def __eq__(cls, other):
                return True
        class T(metaclass=M):
            pass
        def f(n):
            old = sys.gettrace()
            sys.settrace(None)
            n += 1
            sys.settrace(old)
            sys._getframe().f_trace_lines = False
            n += 1
            builtins.repr = lambda v: '42'
            t = T()
            n += 1
            return n
        """,
        "1",
        (LineCount("f", 1, 12), "1"),
        (ValueAfter("f", 1, 15, 1, "n"), "3"),
        (ValueAfter("f", 1, 18, 1, "n"), "4"),
        (_RETURNED, "4"),
    ),
    *_faults(
        "18 one notion of line",
        'def f(n):\n    """a\x0cb\x85c\u2028d"""\n    n += 1\n\x0c\n    n += 2\n    return n\n',
        "1",
        (ValueAfter("f", 1, 3, 1, "n"), "2"),
        (ValueAfter("f", 1, 5, 1, "n"), "4"),
    ),
    *_faults(
        "19 one name, two functions",
        """
        class Tank:
            def __init__(self):
                self._level = 0
            @property
            def level(self):
                return self._level
            @level.setter
            def level(self, amount):
                self._level = amount
        def f():
            t = Tank()
            t.level = 3
            t.level += 4
            return t.level
        """,
        "",
        (ValueBefore("Tank.level", 1, 9, 1, "amount"), "3"),
        (ValueBefore("Tank.level", 2, 9, 1, "amount"), "7"),
        (_RETURNED, "7"),
    ),
]
