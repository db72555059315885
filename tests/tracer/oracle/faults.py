"""Programs with their right answers, by the rows of the list of wrong golds that were found once: rows 9 to 19.

The oracle has to give the right answer; the tracer has to give it or to refuse.
"""

from tests.tracer.oracle.asked import Asked, asked
from tests.tracer.oracle.faults_of_states import FAULTS_OF_STATES
from tracer import (
    ArgumentValue,
    ExceptionLine,
    ExceptionType,
    LineCount,
    LineExecuted,
    NextLine,
    ReturnValue,
    ValueAfter,
    ValueBefore,
)

_RETURNED = ReturnValue("f", 1)

FAULTS: list[Asked] = [
    *FAULTS_OF_STATES,
    *asked(
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
    *asked(
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
    *asked(
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
    *asked(
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
    *asked(
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
    *asked(
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
    *asked(
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
    *asked(
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
    *asked(
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
    *asked(
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
    *asked(
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
    *asked(
        "18 one notion of line",
        'def f(n):\n    """a\x0cb\x85c\u2028d"""\n    n += 1\n\x0c\n    n += 2\n    return n\n',
        "1",
        (ValueAfter("f", 1, 3, 1, "n"), "2"),
        (ValueAfter("f", 1, 5, 1, "n"), "4"),
    ),
    *asked(
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
