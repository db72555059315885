"""The statements with blocks that programs made by chance consist of (see `templates`)."""

from tests.tracer.oracle.templates import templates

COMPOUND = templates("""
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
    while $o > $k:
        $o = 0
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
