"""The instrumented copy of a program does what the program does."""

import ast
import io
import warnings
from contextlib import redirect_stdout, suppress

import pytest

import tracer
from tracer.inprocess import observe
from tracer.instrument import instrument
from tracer.observer import Observer

# Each program's f() must give the same value, exception and output in both forms.
SNIPPETS = {
    "order of evaluation": """
def f():
    log = []
    def note(x):
        log.append(x)
        return x
    d = {note('k'): note('v'), **{note('q'): 1}}
    d[note('a')] = note('b')
    d[note('k')] += note('w')
    r = note(1) < note(2) < note(1) < note(9)
    note(print)(note('p'), *[note('s')], end=note('!'), **{note('sep'): note('-')})
    t = note(1) if note(0) else note(2)
    [note(i) for i in range(note(3)) if note(i)]
    a, b = note(1), [note(2)]
    note([5, 6])[note(0)], *rest = note((7, 8, 9))
    return [x for x in log if not callable(x)], d, r, t, rest
""",
    "short circuits": """
def f():
    out = []
    for a in (0, 1, '', 'x'):
        for b in ([], [0]):
            for c in (None, 2.5):
                out.append((a and b, a or b, a and b or c, a or b and c, not (a and b), not a or not b,
                            (a or b) and c, a and (b or c), 1 if a and not b else 2, a or 5, 0 and a))
                if (a or b) and not (b and c): out.append(1)
                while a and b: a = 0
    return out
""",
    "truth is asked for as often as before": """
def f():
    log = []
    class T:
        def __init__(self, name, truth): self.name, self.truth = name, truth
        def __bool__(self):
            log.append(self.name)
            return self.truth
        def __lt__(self, other): return T(self.name + other.name, self.truth)
    for x in (T('x', True), T('x', False)):
        for y in (T('y', True), T('y', False)):
            z = T('z', True)
            for _ in range(2):
                log.append('|')
                r = x and y
                r = x or y
                r = (x and y) or z
                r = x and (y or z)
                r = not (x and y)
                r = not x
                r = x < y < z
                r = z if x and y else y
                if x and y: log.append(1)
                if x or not y: log.append(2)
                if not (x and y): log.append(3)
                if x < y < z: log.append(4)
                if (x if y else z): log.append(5)
                if (x and z if y else z or x): log.append(6)
                if (w := x and y): log.append(7)
                if (x and y) or (y and z): log.append(8)
                if not (not x or y < z < x): log.append(9)
                [1 for _ in '..' if x and y if z or x]
                assert z and (z or x)
                while x and y: break
    return log
""",
    "a truth that raises": """
def f():
    class T:
        def __bool__(self): raise LookupError('no truth')
    return [T()] if T() and 1 else 2
""",
    "a length as truth": """
class Bag:
    def __init__(self, n): self.n, self.asked = n, 0
    def __len__(self):
        self.asked += 1
        return self.n
def f():
    bags = [Bag(0), Bag(2)]
    return [1 if bag else 0 for bag in bags], [bag.asked for bag in bags], any(bag for bag in bags)
""",
    "closures": """
def f():
    n, fs = 0, []
    def bump(by=n + 1):
        nonlocal n
        n += by
        return lambda k=n: (k, n, by)
    for i in range(3):
        fs.append(bump(i))
        fs.append(lambda: i)
    return [g() for g in fs], n, bump.__code__.co_freevars, fs[0].__code__.co_freevars, fs[0].__closure__ is None
""",
    "globals": """
count = 0
def f():
    global count, late
    count += 1
    def late(): return count
    return late() + count, sorted(k for k in globals() if not k.startswith('__')), late.__qualname__
""",
    "nothing shows in locals": """
def f(a, b=2):
    x = [i for i in range(a or 3)] if b else None
    names = sorted(locals())
    class C:
        y = x[0] if x else 1
        z = [y for y in range(2) if y]
        def m(self): return sorted(vars(type(self)))
    return names, dir(), [k for k in C().m() if not k.startswith('__')], sorted(vars()), f.__code__.co_varnames
f.__defaults__ = (4, 2)
""",
    "super and __class__": """
class A:
    def __init__(self, x): self.x = x
    def g(self): return [self.x]
    @classmethod
    def make(cls, x): return cls(x + 1)
    @property
    def twice(self): return self.x * 2
class B(A):
    def __init__(self, x):
        super().__init__(x + 1)
    def g(self): return super().g() + [__class__.__name__, super(B, self).x, self.__hidden()]
    def __hidden(self): return self.__dict__
    @classmethod
    def make(cls, x): return super().make(x * 2)
    twice = property(lambda self: [c for c in (__class__,) if c][0].__name__)
def f(): return B(1).g(), B.make(3).x, B(2).twice, B._B__hidden(B(5))
""",
    "walrus": """
def f():
    xs = [y := 3, y ** 2, (z := y + 1)]
    last = [w := x for x in xs if (v := x) > 3]
    if (n := len(xs)) > 2 and (m := n + 1): pass
    while (n := n - 1) > 0: pass
    return xs, last, w, v, n, m, any((hit := x) > 5 for x in xs), hit
""",
    "f-strings": """
def f(x=3.14159, w=8):
    s = 'ab'
    return f'{x:.2f}|{s!r:>{w}}|{x=}|{ {1: 2}[1] }|{s:{"<"}{w}}|{"q" if x else s}' 'tail' f'{s}', f'{x!s}{s * 2:^{w + 1}}'
""",
    "stars and slices": """
def g(*a, **k): return a, sorted(k.items())
def f():
    xs = [3, 1, 2]
    a, *b = xs
    xs[1:2] = [9, 9]
    del xs[0], xs[-1:]
    ys = {**{'u': 1}, 'w': 2}
    return g(*xs, *b, a, **ys), xs[::-1], xs[len(xs) - 1:], [*xs, *ys], (*b, a), {*xs}, (lambda *p, q=a, **r: (p, q, r))(1, *b, s=3)
""",
    "laziness of generators": """
def f():
    log = []
    def note(x):
        log.append(x)
        return x
    g = (note(x * k) for x in note([1, 2, 3]) if note(x) for k in range(note(2)) if k or x)
    log.append('made')
    first = next(g)
    log.append('first')
    rest = [*g]
    h = (note(i) for i in range(5) if i % 2)
    return first, rest, any(h), list(h), log, g.__name__, g.gi_frame
""",
    "generators": """
def gen(n):
    got = []
    try:
        while n:
            x = yield n and n * 2
            got.append(x)
            n -= 1
        y = yield from (i for i in range(2))
        return got
    except ValueError as e:
        yield str(e) + '!'
    finally:
        got.append('closed')
def f():
    g = gen(3)
    out = [next(g), g.send('a'), g.send('b')]
    def sub():
        r = yield from gen(1)
        yield r
    h = gen(2)
    next(h)
    return out, list(g), list(sub()), h.throw(ValueError('bad')), list(h)
""",
    "coroutines": """
import asyncio
class Ctx:
    async def __aenter__(self): return 5
    async def __aexit__(self, *a): return True
async def agen(n):
    for i in range(n):
        await asyncio.sleep(0)
        yield i * 2
async def main():
    async with Ctx() as c:
        out = [x + c async for x in agen(3) if x or c]
        g = (x async for x in agen(3) if x)
        out += [await asyncio.sleep(0, result=y) async for y in g]
        async for z in agen(2):
            out.append(z and z < 5 < z + 9)
        else:
            out.append('end')
        raise KeyError(out)
    return out
def f(): return asyncio.run(main())
""",
    "match": """
def kind(x, limit=2):
    match x:
        case {'k': [a, *b], **rest} if a > limit or rest: return a, b, rest
        case [int(n), (1 | 2) as m] if n and m: return n + m
        case str() | None: return 'text'
        case complex(real=r) if r: return r
        case _ if (y := x): return y
    return 'nothing'
def f(): return [kind(x) for x in ({'k': [3, 4], 'z': 1}, {'k': [1]}, [4, 2], [0, 1], 'a', None, 2j, 1 + 1j, 0, {})]
""",
    "decorators, defaults and annotations": """
from __future__ import annotations
import functools
def twice(n=2):
    def wrap(g):
        @functools.wraps(g)
        def inner(*a): return n * g(*a)
        return inner
    return wrap
def f():
    base = 3
    @twice(n=base + 1)
    @functools.lru_cache(None)
    def g(x: base and int, y: (lambda: base)() = base or 4) -> base + 1:
        "what it does"
        z: int = x + y
        w: str
        return z
    class C:
        "a class"
        attr: list[base] = [base] * 2
        def m(self, k=base * 5): return k
    return g(1), C.attr, C().m(), C.__doc__, C.__annotations__, g.__doc__, sorted(g.__annotations__.items()), g.__qualname__
""",
    "docstrings": """
def f():
    "doc"
    def g(): "only a doc"
    def h():
        f'no doc {1 + 1}'
    return f.__doc__, g.__doc__, g(), h.__doc__, (lambda: 'x').__doc__, f.__code__.co_consts[0]
""",
    "exceptions": """
def f():
    out = []
    for thing in (0, 'a', None, [1], {}):
        try:
            assert thing, ('falsy', thing)
            out.append(1 / thing[0] and thing.x)
        except (TypeError, AttributeError) as e:
            out.append((type(e).__name__, str(e)))
        except AssertionError as e:
            out.append(e.args)
        else:
            out.append('fine')
        finally:
            out.append('so')
    try:
        try:
            raise KeyError(1) from ValueError(out and 2)
        except KeyError as e:
            out.append(e.__cause__.args)
            raise
    except* KeyError if False else KeyError:
        return out
""".replace("except* KeyError if False else KeyError", "except KeyError"),
    "exception groups": """
def f():
    try:
        raise ExceptionGroup('g', [ValueError(1), KeyError(2 or 3)])
    except* ValueError as g:
        x = g.exceptions[0].args
    except* KeyError as g:
        y = [e for e in g.exceptions if e.args]
    return x, len(y)
""",
    "an uncaught exception": "def f(x=0):\n    y = [1, 2]\n    return y[x + 5] if y and not x else y\n",
    "unbound names": "def f():\n    if 0 and y: pass\n    del_me = 1\n    del del_me\n    return del_me or 2\n",
    "line numbers": """
def f():
    import sys
    try:
        x = (1 +
             2 // (
                 3 - 3))
    except ZeroDivisionError:
        return sys.exc_info()[2].tb_lineno, [
            sys._getframe().f_lineno
            for _ in '.']
""",
    "loops": """
def f():
    out = []
    for i, (a, b) in enumerate([(1, 2), (3, 4), (5, 6)]):
        if a == 3: continue
        for j in range(b):
            if j == 4: break
        else:
            out.append('else')
        out.append((i, j, b))
    else:
        out.append('done')
    n = 3
    while n:
        n -= 1
        if n == 1: continue
    else:
        out.append(n)
    while True:
        n += 1
        if n > 3 and n % 2 == 0: break
    for out[0] in (): pass
    for d in [{}]:
        for d['k'] in 'ab': out.append(dict(d))
    with open('/dev/null') as h, open('/dev/null') as k: out.append(h.name + k.mode)
    return out
""",
    "lambdas": """
def f():
    fs = sorted('bca', key=lambda c: -ord(c)), list(map(lambda a, b=2, *c, k=3: a * b or k, [1, 0]))
    compose = lambda g, h: lambda x: g(h(x)) if x else 0
    fact = lambda n: 1 if n < 2 else n * fact(n - 1)
    y = (lambda: (yield))
    return fs, compose(abs, fact)(5), compose(abs, abs)(0), [g(2) for g in [lambda x, i=i: x + i for i in range(3)]], next(y())
""",
    "recursion up to the limit": """
import sys
def down(n): return 0 if n == 0 else 1 + down(n - 1)
def f():
    depth, frame = 0, sys._getframe()
    while frame: depth, frame = depth + 1, frame.f_back
    return down(sys.getrecursionlimit() - depth - 10 - 500 * (sys.getrecursionlimit() > 1000)) > 800
""",
    "recursion without end": "def f(n=0): return f(n + 1) or n\n",
    "objects die when they did": """
import weakref, gc
class T: pass
def f():
    log = []
    def make(name):
        t = T()
        weakref.finalize(t, log.append, name)
        return t
    a = make('a')
    b = [make('b')]
    if a and b: a = None
    log.append(1)
    x = len([make('c'), b]) and b.pop()
    log.append(2)
    x = x or a
    del x
    log.append(3)
    y = (make(str(i)) for i in range(3) if i < 2)
    for z in y: log.append('in')
    del z
    return log
""",
    "builtins replaced by the program": """
import builtins
def f():
    old = builtins.round
    builtins.round = lambda x: 42
    try:
        return round(0.1) and round(0.2)
    finally:
        builtins.round = old
""",
    "names that are its own": """
def enter(*a): return 'mine'
begin = value = condition = enter
def f(then=1): return enter() and begin() and value(then) and b'\\0hook 0 value', b'\\0hook 1 enter'
""",
    "class bodies with a mapping of their own": """
class Meta(type):
    @classmethod
    def __prepare__(cls, name, bases, **k):
        class Names(dict):
            def __missing__(self, key):
                self.setdefault('asked', []).append(key)
                raise KeyError(key)
        return Names()
    def __new__(cls, name, bases, names, **k): return super().__new__(cls, name, bases, dict(names))
def f(n=2):
    class C(metaclass=Meta, extra=n or 1):
        a = n + 1 if n else 0
        b = [a for a in range(n)]
    return C.asked, C.a, C.b
""",
    "complex targets": """
def f():
    class O: pass
    o, d = O(), {}
    o.x = o.y = d['a', 1] = d[2 if o else 3] = [1]
    o.x += [2] if d else []
    d['a', 1][0], (o.z, *o.w) = 5, (6, 7, 8)
    (p) = q = o.x
    (r): int = len(q)
    d['n']: int = 3
    del d['a', 1], o.y
    return sorted(vars(o).items()), d, p, r
""",
}  # fmt: skip


def outcome(code, watching, entry_point="f"):
    namespace = {"__name__": "program"}
    out = io.StringIO()
    with redirect_stdout(out), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(code, namespace)
        try:
            with watching():
                result = namespace[entry_point]()
        except Exception as error:
            if isinstance(error, RecursionError):
                return "RecursionError"  # its text depends on where the limit strikes
            return type(error).__name__, str(error), out.getvalue()
    return repr(result), type(result).__name__, out.getvalue()


def plainly(code):
    return outcome(compile(code, "<program>", "exec", dont_inherit=True), suppress)


@pytest.mark.parametrize("name", SNIPPETS)
def test_the_instrumented_copy_does_the_same(name):
    code = SNIPPETS[name]
    observer = Observer(code)
    assert outcome(observer.code, observer.watching) == plainly(code)
    assert observer.observation().frames


@pytest.mark.parametrize("name", SNIPPETS)
def test_it_does_the_same_when_nothing_is_recorded(name):
    code = SNIPPETS[name]
    cut = Observer(code, max_events=3)
    assert outcome(cut.code, cut.watching) == plainly(code)
    if "limit" not in name:  # only a watched call has room for its hooks beyond the limit
        assert outcome(Observer(code).code, suppress) == plainly(code)


def test_functions_have_the_names_that_python_gives_them():
    code = (
        "class A:\n    def m(self):\n        def inner():\n            class B:\n                def n(self): return 1\n"
        "            return B().n()\n        return inner() + (lambda x: x)(1)\n"
        "def outer():\n    global g\n    def g():\n        def h(): return 2\n        return h()\n    return g()\n"
        "def f():\n    return A().m() + outer()\n"
    )
    frames = observe(code, "f", "").frames
    [traced] = tracer.record_calls(code, "f", [""])
    names = [frame.function for frame in frames if "<lambda>" not in frame.function]
    assert names == [frame.function for frame in traced.trace.frames if "<lambda>" not in frame.function]
    assert "A.m.<locals>.inner.<locals>.B.n" in names
    assert "A.m.<locals>.<lambda>" in {frame.function for frame in frames}


def test_a_lambda_in_a_comprehension_is_named_alike_on_every_minor():
    frames = observe("def f():\n    return [(lambda: x)() for x in 'ab']\n", "f", "").frames
    assert [(frame.function, frame.call) for frame in frames[1:]] == [
        ("f.<locals>.<lambda>", n) for n in (1, 2)
    ]


def test_a_placeholder_that_the_program_contains_is_avoided():
    code = "def f(): return b'\\0hook 0 value', len('a')\n"
    assert all(b"hook 1" in text for text in instrument(code).placeholders.values())


def test_what_does_not_parse_is_refused():
    with pytest.raises(tracer.ProgramError, match="line 1"):
        instrument("def f(:\n")
    with pytest.raises(tracer.ProgramError, match="line 2"):
        instrument("def f():\n    return = 1\n")
    with pytest.raises(tracer.ProgramError, match="line 1"):
        instrument("def f(): nonlocal x\n")
    for terms in (700, 5_000):  # too deep for the rewriting, and for Python's own parser
        with pytest.raises(tracer.ProgramError, match=r"nested too deeply|recursion depth"):
            instrument(f"def f(x):\n    return {' + '.join(['x'] * terms)}\n")


def test_positions_are_those_of_the_source():
    code = "def f(é, x):\n    return f'{x + 1}', (é +\n        x), é[x:] + 'ü' + é\n"
    table = instrument(code).expressions
    lines = code.split("\n")
    for expression in table:
        (line, column), (end_line, end_column) = expression.start, expression.end
        if line == end_line and not expression.text.startswith("x + 1") and column != 11:
            assert lines[line - 1][column:end_column] == expression.text
    assert {"é + x", "x + 1"} <= {expression.text for expression in table}
    assert all(ast.parse(f"({expression.text})") for expression in table)
