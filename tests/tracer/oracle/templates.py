"""The statements that programs made by chance consist of.

In a template `$i` is an expression for a number, `$v` the name of a number, `$c` a condition, `$k` a small
number, `$u` a number of the template's own; a line `@` is a block, and `@loop` one in which `break` and
`continue` may stand. The first word says what the place must have: the name of a container, `loop`, `yield`
or nothing (`-`).
"""

from textwrap import dedent


def _templates(text: str) -> list[tuple[str, str]]:
    found = []
    for part in dedent(text).strip("\n").split("\n%"):
        head, _, body = part.lstrip("%").partition("\n")
        found.append((head.strip(), body))
    return found


SIMPLE = _templates("""
%-
$v = $i
%-
$v += $i
%-
$v, $v = $i, $i
%-
$v = (t := $i) + t
%-
$v = max($i,
    $i)
%-
$v = [
    $i,
    $i,
][$k % 2]
%-
LOG.append($v)
%-
pass
%-
...
%-
x$u: int
%-
x$u: int = $i
%-
assert $c, $i
%-
s = f"{$v!r:>4}|{$i}"
%-
del $v
$v = $k
%-
w$u = $i
del w$u
w$u = $v
%-
first$u, *rest$u = range($k + 2)
%-
$v = [q_ for q_ in range($k) if (t := q_) >= 0 and LOG.append(t) is None].__len__()
%-
$v = sum(i_ * j_ for i_ in range(3) for j_ in range(i_) if i_ != $v)
%-
m$u = {i_: [j_ for j_ in range(i_)] for i_ in range($k)}
%-
l$u = lambda v: v + $k
$v = l$u($v)
%-
l$u = lambda v: v
l$u = lambda v: v + 1
l$u = l$u($v)
%-
$v = touch(LOG, $i)
%-
$v = keeps($k)
%-
k$u = Mortal($k)
k$u = None
%-
k$u = Mortal($k)
$v = k$u.n
del k$u
%-
Mortal($k).n
%-
r$u = weakref.ref(Mortal($k))
$v = int(r$u() is None)
%-
same$u = LOG
other$u = list(LOG)
%-
i$u = 5; j$u = 6
%-
import math
%-
$v = math_.gcd($v, $k + 1)
%-
$v = int(sys.gettrace() is None)
%-
$v = len(locals())
%-
o$u = sorted(locals())
%-
$v = -0.0 if $c else 0.0
$v = int($v)
%xs
xs.append($i)
%xs
xs[1:] = [$i]
%xs
xs = xs[::-1]
%xs
xs += [$v]
%xs
$v = xs.pop()
%xs
xs.sort(key=lambda v: (-v, v))
%xs
ys = xs
ys.append($k)
%xs
xs[0], $v = $v, xs[0]
%xs
alias$u = [xs] * 2
alias$u[0].append($k)
%d
d[$v] = $i
%d
$v = d[$k]
%d
d.setdefault($k, []).append($v)
%d
d = {**d, $k: $v}
%d
d |= {$k: (bytearray(b'x'), $v)}
%od
od[$k] = $v
od.move_to_end($k, last=$c)
%od
od.popitem(last=False)
%dq
dq.append($v)
dq.rotate(1)
%dq
dq.appendleft($i)
%ct
ct[$v % 3] += 1
%ct
ct.update([$k, $v % 2])
%ct
ct = ct + Counter({$k: 1})
%dd
dd[$k].append($v)
%dd
$v = len(dd[$v % 4])
%ba
ba += bytes([$k])
%ba
ba[0] = $v % 256
%q
q |= {$v % 7}
%q
q = q & {1, 2, $k}
%q
any(map(q.__ior__, [{$k}]))
%tank
tank.level = $i
%tank
tank.level += $k
%tank
$v = tank.bump()
%tank
$v = int(hasattr(tank, 'broken'))
%tank
tank.__dict__['extra'] = $v
%pt
pt = pt._replace(x=$v)
%pt
pt = Pair(pt.y, $v)
%rec
rec.tags.append($v)
%rec
rec = Rec(rec.n + 1, rec.tags)
%gen
$v = next(gen)
%gen
$v = gen.send($i) or 0
%gen
gen.close()
%gen
gen = None
gen = numbers($k)
%gen
gen = numbers($k)
old$u = numbers($k + 1)
$v = next(old$u, 0)
$v = next(gen, 0)
%gen
gen = outer_numbers($k)
next(gen, None)
%gen
$v = gen.throw(ValueError($k)) or 0
%gen
$v = sum(numbers($k))
%yield
yield $i
%yield
$v = (yield $v) or 0
%yield
yield
%yield
$v = (yield from numbers($k)) or 0
%yield
xs_ = [(yield $v), (yield $k)]
%loop
if $c:
    break
%loop
if $c:
    continue
%loop
break
%loop
continue
""")

COMPOUND = _templates("""
%-
if $c:
    @
%-
if $c:
    @
elif $c:
    @
else:
    @
%-
if ($c and
        $c):
    @
%-
if $c: $v = $i
%-
if $c:
    only$u: int
%-
if $c:
    global G
%-
for e$u in range($k):
    @loop
%-
for e$u in range($k):
    only$u: int
%-
for e$u, z$u in enumerate([$i, $v]):
    @loop
else:
    @
%-
for e$u in numbers($k):
    @loop
%-
c$u = $k
while c$u > 0:
    c$u -= 1
    @loop
%-
c$u = $k
while c$u:
    c$u -= 1
    @loop
else:
    @
%-
c$u = 0
while True:
    c$u += 1
    if c$u > $k:
        break
    @loop
%-
c$u = 0
while True:
    x$u: int
    c$u = max(c$u,
        c$u + 1)
    if c$u > $k:
        break
%-
c$u = 0
while (c$u := c$u + 1) < $k:
    @loop
%-
try:
    @
except (ValueError, KeyError):
    @
%-
try:
    @
except ZeroDivisionError as e$u:
    $v = len(e$u.args)
except Exception:
    @
else:
    @
%-
try:
    @
finally:
    @
%-
try:
    @
    raise KeyError($k)
except KeyError:
    @
finally:
    if $c:
        $v = 0
%-
try:
    raise ValueError
finally:
    if $v > $k:
        $v = 0
    elif $c:
        $v = 1
%-
try:
    try:
        $v = 1 // ($v - $v)
    finally:
        try:
            del LOG_[$k]
        except (KeyError, NameError):
            $v = $k
except ArithmeticError:
    @
%-
try:
    raise Oops($v)
    $v = 9
except Oops as e$u:
    $v = e$u.args[0]
    try:
        raise e$u
    except Oops:
        @
%-
with Manager($v) as m$u:
    @
%-
with Manager(1) as m$u, Manager(2):
    @
%-
with Manager($k, quiet=True):
    @
    raise KeyError
%-
match $v:
    case 0 | 1:
        @
    case int(v$u) if v$u > $k:
        @
    case _:
        @
%-
match [$v, $k]:
    case [0, *_]:
        @
    case [x$u, y$u] if x$u != y$u:
        @
%-
match {'k': $v}:
    case {'k': 1}:
        @
    case {'k': v$u, **rest$u}:
        @
%-
def in$u(v, w=$k):
    nonlocal $o
    $o = v + w
    return $o
$v = in$u($i)
%-
def in$u():
    return $o
$o = $i
$v = in$u()
%-
if $c:
    @lru_cache
    def in$u(v):
        LOG.append(v)
        return v
    $v = in$u(1) + in$u(1)
%-
for e$u in range($k):
    @plain
    def in$u(v):
        return v + e$u
    $v = in$u($k)
%-
def in$u():
    nonlocal $o
    try:
        while True:
            $o = (yield $o) or 0
    finally:
        $o = -1
g$u = in$u()
next(g$u)
g$u.send($k)
$v = $o
g$u = None
%-
def in$u(a: LOG.append($k)):
    return a
%-
class C$u:
    n = $k
    xs = [i for i in range(2)]
    def get(self):
        return self.n
$v = C$u().get()
%-
in$u = [lambda: $o + j_ for j_ in range(2)]
$v = in$u[0]() + in$u[-1]()
%-
try:
    @
finally:
    while $v > $k:
        $v = 0
        if $c:
            break
%loop
try:
    @loop
finally:
    @
%loop
try:
    continue
finally:
    $v += 1
%loop
try:
    if $c:
        break
finally:
    if $c:
        $v = 0
%loop
with Manager($k):
    @loop
%yield
try:
    yield $i
except ValueError:
    @
finally:
    @
%yield
for e$u in range($k):
    yield e$u
    @loop
%yield
try:
    yield from numbers(2)
except GeneratorExit:
    LOG.append('closed')
    raise
""")

PRELUDE = '''\
import math as math_
import sys
import weakref
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from dataclasses import dataclass, field
from functools import lru_cache, wraps

G = 1
LOG = []
Pair = namedtuple("Pair", "x y")


class Oops(Exception):
    pass


@dataclass
class Rec:
    n: int = 0
    tags: list = field(default_factory=list)


class Mortal:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        LOG.append(self.n)


class Manager:
    def __init__(self, n, quiet=False):
        self.n = n
        self.quiet = quiet

    def __enter__(self):
        LOG.append("in")
        return self

    def __exit__(self, kind, error, trace):
        LOG.append("out")
        return self.quiet


class Tank:
    def __init__(self, n):
        self.__level = n

    @property
    def level(self):
        return self.__level

    @level.setter
    def level(self, amount):
        __old = self.__level
        self.__level = amount
        __old += 1

    @property
    def broken(self):
        try:
            raise AttributeError("a")
        finally:
            try:
                {}["k"]
            except KeyError:
                pass

    def bump(self):
        global G
        __t = G + 1
        __t += 3
        G = __t % 50
        return __t


def plain(function):
    @wraps(function)
    def inner(*args):
        value = function(*args)
        return value
    return inner


def touch(log, n):
    log.append(n)
    return len(log) % 9


def keeps(n):
    k = Mortal(n)
    it = numbers(n)
    return next(it, 0)


def numbers(n):
    try:
        for i in range(n):
            try:
                yield i
            except ValueError as e:
                LOG.append(e.args[0])
    finally:
        LOG.append("end")
    return n


def outer_numbers(n):
    last = yield from numbers(n)
    yield last
'''
