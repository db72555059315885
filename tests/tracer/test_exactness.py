"""Recording what a line may have changed equals recording everything."""

import pytest

from benchmarks.programs import Case, cruxeval, own
from benchmarks.tracer_exactness import difference, recorded


def agree(case):
    delta, full = (recorded(case, compare_all=mode) for mode in (False, True))
    assert difference(delta, full) is None, (case.name, difference(delta, full))
    return delta


def test_on_our_own_problems():
    assert sum(agree(case).step_count for case in own()) > 5_000


def test_on_a_sample_of_cruxeval(bench_data):
    assert sum(agree(case).step_count for case in cruxeval(every=5)) > 1_000


TRICKY = {
    "an element with a name of its own": "rows = [[1], [2]]\nrow = rows[0]\nrow.append(3)\nrows[0] += [4]\nrow[0] = 9",
    "operators in place": "a = [1]\nb = a\nb += [2]\nb *= 2\nt = (1,)\nt += (2,)\ns = {1}\nr = s\nr |= {2}",
    "a list in a tuple": "t = ([1], 2)\nx = t[0]\nx.append(t[1])\ndel x[0]",
    "a bound method": "xs = []\nadd = xs.append\nadd(1)\nlist(map(add, [2, 3]))\n[add(i) for i in (4,)]",
    "a lazy map": "xs = []\nlazy = map(xs.append, [1, 2])\nfor _ in lazy:\n    pass\ny = 1",
    "a lazy generator": "xs = [1, 2]\ngen = (xs.pop() for _ in range(2))\na = next(gen)\nb = sum(gen)",
    "a walrus in a generator": "gen = ((y := i) for i in range(3))\na = next(gen)\na = max(gen)",
    "a defaultdict": "from collections import defaultdict\nd = defaultdict(list)\nx = d['a']\ny = {'k': d}\nif d[1] or x:\n    pass",
    "a deque": "from collections import deque\nd = deque([1], 2)\ne = [d]\nd.append(2)\nd.rotate()\nd.popleft()",
    "a heap": "import heapq\nh = [3, 1]\ng = [h]\nheapq.heapify(h)\nheapq.heappush(h, 0)",
    "nonlocal": "n = 0\ndef up():\n    nonlocal n\n    n += 1\n    return n\nx = up()\ny = [up() for _ in 'ab']",
    "an instance": "class P:\n    def __init__(self):\n        self.xs = []\n    def __setitem__(self, k, v):\n"
    "        self.xs.append((k, v))\n    def __iadd__(self, v):\n        self.xs.append(v)\n        return self\n"
    "    @property\n    def last(self):\n        self.xs.append(0)\n        return self.xs\n"
    "p = P()\nq = [p]\np[1] = 2\np += 3\nz = p.last\np.xs[0] = 1\nz.clear()",
    "a sort by a method": "xs = [3, 1]\nys = [xs]\nys[0].sort(key=lambda v: -v)\nxs.sort()",
    "names deleted and caught": "x = [1]\ndel x\ntry:\n    x\nexcept NameError as e:\n    y = 1\nz = 2",
    "a cycle": "xs = []\nxs.append(xs)\nxs += [xs, xs]\nd = {}\nd['d'] = d\nd['e'] = d\nxs.clear()",
    "sharing without end": "xs = [1]\nfor _ in range(60):\n    xs = [xs, xs]\nt = (1,)\nfor _ in range(60):\n    t = (t, t)",
    "kinds that are equal": "xs = [1, 0.0, 0]\nxs[0] = True\nxs[1] = -0.0\nxs[2] = False\nx = 1\nx = True\nx = 1.0",
    "a match": "v = [1, [2, 3]]\nmatch v:\n    case [a, [b, *c]]:\n        c.append(a)\n    case _:\n        pass",
    "swaps": "xs = [1, 2, 3]\nxs[0], xs[1] = xs[1], xs[0]\na, b = xs, [xs]\na, b = b, a\nfor xs[0] in (7, 8):\n    pass",
    "a with": "from contextlib import contextmanager\nxs = []\n@contextmanager\ndef m():\n    xs.append(1)\n    yield xs\n    xs.append(2)\n"
    "with m() as ys:\n    ys.append(3)\nz = 1",
    "exec": "xs = []\nexec('xs.append(1)', {'xs': xs})\nsetattr(m := type('M', (), {}), 'x', xs)\nm.x.append(2)",
}  # fmt: skip


@pytest.mark.parametrize("name", TRICKY)
def test_on_what_changes_unseen(name):
    body = "".join(f"    {line}\n" for line in TRICKY[name].splitlines())
    case = Case("tricky", name, f"def f():\n{body}    return 0\n", "f", ((), {}))
    trace = agree(case)
    assert trace.frames[0].returned == "0"


def test_on_globals_that_functions_rebind():
    code = (
        "count, log = 0, []\ndef up():\n    global count\n    count += 1\n    log.append(count)\n"
        "def f():\n    up()\n    x = [count for count in range(2)]\n    up()\n    return count\n"
    )
    frame = agree(Case("globals", "globals", code, "f", ((), {}))).frames[0]
    assert frame.globals == {"count": "0"}
    assert [step.changed for step in frame.steps] == [{"count": "1"}, {"x": "[0, 1]"}, {"count": "2"}, {}]
