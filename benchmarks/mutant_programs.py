"""The programs that a mutated tracer is asked about: those of the list of wrong golds, and ordinary ones."""

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

LIST = Path(__file__).resolve().parent.parent / "tests" / "tracer" / "test_wrong_golds.py"


@dataclass(frozen=True)
class Subject:
    """A program whose function `f` is called on some inputs."""

    code: str
    inputs: tuple[str, ...]


def of_the_list() -> list[Subject]:
    """Return the programs of the list of wrong golds, which is a test."""
    spec = importlib.util.spec_from_file_location(LIST.stem, LIST)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = dict.fromkeys((row.code, row.text) for row in module.ROWS)
    return [Subject(code, (text,)) for code, text in found]


def ordinary() -> list[Subject]:
    """Return programs that use every kind of statement, of value and of question."""
    return [Subject(dedent(code).lstrip("\n"), inputs) for code, inputs in _ORDINARY]


def subjects() -> Iterator[Subject]:
    """Yield all of them."""
    yield from of_the_list()
    yield from ordinary()


_ORDINARY = [
    (
        """
        def f(rows, limit):
            total = 0
            seen = []
            for row in rows:
                for x in row:
                    if x < 0:
                        continue
                    if x > limit:
                        break
                    total += x
                else:
                    seen.append(total)
            return total, seen
        """,
        ("[[1, 2, 3], [4, 9, 1], [], [-1, 2]], 5", "[], 0"),
    ),
    (
        """
        def f(n):
            if n < 2:
                return n
            left = f(n - 1)
            right = f(n - 2)
            return left + right
        """,
        ("4",),
    ),
    (
        """
        def f(n):
            steps = []
            while True:
                n -= 1
                if n % 2:
                    steps.append(n)
                    continue
                while True:
                    n -= 1
                    if n < 6:
                        break
                    steps.append(-n)
                if n < 3:
                    return steps
                x = n
            return None
        """,
        ("12",),
    ),
    (
        """
        def f(n):
            k = 0
            while n != 1 and k < 20:
                if n % 2 == 0:
                    n //= 2
                elif n > 50:
                    n = 1
                else:
                    n = 3 * n + 1
                k += 1
            else:
                k = -k
            return k
        """,
        ("6", "27"),
    ),
    (
        """
        def gen(items):
            got = None
            try:
                for item in items:
                    got = yield item
                    if got:
                        items.append(got)
                        got = yield (got, len(items))
            finally:
                items.append('end')
        def chain(items):
            first = yield from gen(items)
            yield first
        def f(items):
            g = gen(items)
            a = next(g)
            b = g.send(7)
            h = gen(items)
            c = next(h)
            d = next(g)
            g.close()
            e = list(chain([1, 2]))
            return [a, b, c, d, e]
        """,
        ("[1, 2, 3]",),
    ),
    (
        """
        def g(d, key):
            try:
                x = d[key]
                if x < 0:
                    raise ValueError(x)
            except KeyError:
                x = 'none'
                return x
            else:
                x += 1
            finally:
                d['last'] = key
            return x
        def f(d, keys):
            out = []
            for key in keys:
                try:
                    out.append(g(d, key))
                except ValueError as error:
                    out.append(str(error))
                    if key == 'stop':
                        raise
            return out
        """,
        ("{'a': 1, 'b': -2}, ['a', 'b', 'c']", "{'stop': -5}, ['x', 'stop', 'x']"),
    ),
    (
        """
        def h(xs, i):
            y = xs[i]
            return 10 // y
        def f(xs):
            total = 0
            for i in range(len(xs)):
                total += h(xs, i)
            return total
        """,
        ("[1, 2, 0, 4]", "[5]"),
    ),
    (
        """
        class Account:
            fee = 1
            def __init__(self, owner, amount=0):
                self.owner = owner
                self.amount = amount
                self.log = []
            def take(self, n):
                if n + self.fee > self.amount:
                    raise ValueError('no')
                self.amount -= n + self.fee
                self.log.append(n)
                return self
            @property
            def size(self):
                return len(self.log)
        def f(n):
            a = Account('x', n)
            b = a
            c = Account('x', n)
            same = a.take(1) is b
            try:
                c.take(n)
            except ValueError:
                c = b
            k = a.size
            return k, same, a
        """,
        ("5",),
    ),
    (
        """
        from collections import Counter, defaultdict, deque, namedtuple, OrderedDict
        from dataclasses import dataclass
        from decimal import Decimal
        from fractions import Fraction
        import datetime
        P = namedtuple('P', 'x y')
        @dataclass
        class Q:
            b: int
            a: list
        class S:
            __slots__ = ('v', 'w')
        def f(n):
            s = {n, 2, 10, 'b', 'a', (1, 2)}
            s.add(-3)
            t = frozenset(['q', 'p'])
            u = {t: s}
            d = defaultdict(list)
            d[n].append(n)
            d['z'] = [1]
            c = Counter('hello')
            c['l'] -= 1
            q = deque([1, 2, 3], maxlen=3)
            q.append(n)
            o = OrderedDict([(2, 'b'), (1, 'a')])
            p = P(n, [n])
            r = Q(1, [2.5])
            r.a.append(float('nan'))
            z = S()
            z.v = 1
            dec = Decimal('1.50') + n
            fr = Fraction(n, 4)
            day = datetime.date(2020, 1, 31)
            when = datetime.datetime(2020, 1, 2, 3, tzinfo=datetime.timezone.utc)
            w = complex(n, -0.0)
            v = range(n, 20, 2)
            by = b'ab\\x00'
            ba = bytearray(by)
            ba.append(99)
            e = [set(), frozenset(), {}, (), (1,), [()]]
            i = [float('inf'), -float('inf'), 0.0, -0.0, 1e300, 1e-7, 0.1]
            m = {True: 1, 2.5: None, None: False, 'k': {1: {2: [3]}}}
            b = [by, {by}]
            return e
        """,
        ("3",),
    ),
    (
        """
        def f(n):
            big = 1 << 40
            neg = -big * big
            xs = [big, neg, -1, 0, 32767, 32768, -32768, 1 << 30, 1 << 31, -(1 << 31), (1 << 31) - 1]
            ys = [2 ** 15, 2 ** 16, 2 ** 62, -2 ** 63, 10 ** 30]
            t = ('é', '\\u2028', 'quote\\'s', "", '\\ud800', 'x' * 40)
            u = {'ключ': t, '\\x00': [t, t]}
            xs.append(n)
            u['n'] = n
            return len(xs) + len(u)
        """,
        ("2",),
    ),
    (
        """
        def f(n):
            xs = [[0] * n for _ in range(n)]
            ys = xs
            zs = [row[:] for row in xs]
            xs[0][0] = 1
            alias = xs[0]
            alias.append(5)
            zs[0], zs[-1] = zs[-1], zs[0]
            same = ys is xs
            other = zs == xs
            copy = list(xs)
            ys = copy
            ys = xs
            return same, other, alias
        """,
        ("2", "1"),
    ),
    (
        """
        def f(n):
            long = [0] * 1999
            long.append(1)
            text = 'x' * n
            text += 'yy'
            deep = []
            for _ in range(60):
                deep = [deep]
            loop = []
            loop.append(loop)
            d = dict.fromkeys(range(999))
            d[-1] = 0
            k = len(d) + len(text)
            num = 10 ** 5000
            short = num % 7
            func = len
            func = 3
            wide = [[i] * 500 for i in range(4)]
            wide.pop()
            tail = (1, [2, (3, {4: [5]})])
            return k
        """,
        ("19_999",),
    ),
    (
        """
        total = 0
        names = ['a']
        LIMIT = 3
        def add(x):
            global total
            total += x
            names.append(str(x))
            return total
        def f(n):
            for i in range(n):
                add(i)
                if total > LIMIT:
                    names.clear()
            k = total + len(names)
            return k
        """,
        ("4",),
    ),
    (
        """
        def f(n):
            count = 0
            def up(by=1):
                nonlocal count
                count += by
                return count
            x = up()
            y = up(n)
            del x
            x = 0.0
            x = -0.0
            x = 1
            x = True
            x = 1
            z = None
            return count, y, z
        """,
        ("2",),
    ),
    (
        """
        def f(words):
            print('begin', len(words))
            out = {}
            for i, word in enumerate(words):
                if not word:
                    print('empty')
                    continue
                key = word[0].upper()
                out.setdefault(key, []).append(i)
                print(key, end='')
            best = max(out, key=lambda k: len(out[k]), default=None)
            return {k: tuple(v) for k, v in sorted(out.items())}, best
        """,
        ("['ab', '', 'ac', 'b']", "[]"),
    ),
    (
        """
        def f(x):
            match x:
                case [a, b, *rest] if a > b:
                    out = rest
                case {'k': v}:
                    out = v
                case str():
                    out = x.strip()
                case _:
                    out = None
            value = (
                out
                if out
                else [
                    1,
                    2,
                ]
            )
            total = sum(
                [len(str(part)) for part in value]
            )
            if (
                total > 2
                and value
            ):
                total = -total
            return total
        """,
        ("[3, 1, 5, 6]", "{'k': [1]}", "' a '", "7"),
    ),
    (
        """
        class Lock:
            def __init__(self, log): self.log = log
            def __enter__(self):
                self.log.append('in')
                return self
            def __exit__(self, kind, error, tb):
                self.log.append('out')
                return kind is KeyError
        def f(n):
            log = []
            for i in range(n):
                with Lock(log) as lock:
                    log.append(i)
                    if i == 1:
                        raise KeyError
                    if i == 2:
                        break
                    log.append(-i)
                k = len(log)
            return log
        """,
        ("4",),
    ),
    (
        """
        def f(xs):
            n = len(xs)
            for i in range(n):
                swapped = False
                for j in range(0, n - i - 1):
                    if xs[j] > xs[j + 1]:
                        xs[j], xs[j + 1] = xs[j + 1], xs[j]
                        swapped = True
                if not swapped:
                    break
            return xs
        """,
        ("[3, 1, 2]", "[1.5, -2.0]"),
    ),
    (
        """
        def helper(stack, x):
            stack.append(x)
            assert len(stack) < 4, 'full'
            return stack
        def f(xs):
            stack = []
            try:
                for x in xs:
                    try:
                        y = helper(stack, 6 // x)
                    except ZeroDivisionError:
                        y = []
                        continue
                    finally:
                        x = -x
            except AssertionError:
                stack = None
            return stack
        """,
        ("[1, 0, 2]", "[1, 2, 3, 6, 0]"),
    ),
    (
        """
        def f(n):
            try:
                while n > 0:
                    n -= 1
                    if n == 2:
                        raise RuntimeError('two')
                    try:
                        1 / (n - 1)
                    except ZeroDivisionError as error:
                        raise KeyError(n) from error
            except RuntimeError:
                n = 10
                raise
            finally:
                n += 1
            return n
        """,
        ("5", "2", "0"),
    ),
    (
        """
        import functools
        @functools.lru_cache
        def memo(a, b):
            if not a:
                return b
            return memo(a - 1, b + 1) + 1
        def f(a, b=2, *rest, key=None, **more):
            x = memo(a, b)
            y = memo(a, b)
            rest = [*rest, x]
            more['y'] = y
            return rest, more, key
        """,
        ("2", "1, 5, 6, 7, key='k', z=0"),
    ),
    (
        """
        import asyncio
        async def work(k, log):
            log.append(k)
            await asyncio.sleep(0)
            log.append(-k)
            return k * 2
        async def both(log):
            a, b = await asyncio.gather(work(1, log), work(2, log))
            return a + b
        def f():
            log = []
            x = asyncio.run(both(log))
            return x, log
        """,
        ("",),
    ),
    (
        """
        def f(s):
            depth = best = 0
            i = 0
            while i < len(s):
                c = s[i]
                if c == '(': depth += 1
                elif c == ')':
                    depth -= 1
                    if depth < 0:
                        return -1
                best = max(best, depth); i += 1
            return best if depth == 0 else None
        """,
        ("'(()())'", "'())('"),
    ),
]
