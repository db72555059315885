"""The statements that programs made by chance consist of.

In a template `$i` is an expression for a number, `$v` the name of a number, `$c` a condition, `$k` a small
number, `$u` a number of the template's own; a line `@` is a block, and `@loop` one in which `break` and
`continue` may stand. The first word says what the place must have: the name of a container, `loop`, `yield`
or nothing (`-`).
"""

from textwrap import dedent


def templates(text: str) -> list[tuple[str, str]]:
    """Take a text of templates apart: what each needs, and its lines."""
    found = []
    for part in dedent(text).strip("\n").split("\n%"):
        head, _, body = part.lstrip("%").partition("\n")
        found.append((head.strip(), body))
    return found


SIMPLE = templates("""
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
