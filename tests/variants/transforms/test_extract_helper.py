import random
import textwrap

import pytest

from variants import TRANSFORMS, Program

NAME = "extract_helper"
CALLS = [([3, 1, 2], 2), ([], 0), ([5], 1), ([4, 4, -4, 4], 3), (None, 1), (["a"], 2)]

PAIRS = {
    "what comes out is returned": (
        """
        import math


        # why
        def f(xs, n):
            total = 0
            # each
            for x in xs:
                total += x
            return total + n
        """,
        "for x in xs:",
        "1",
        """
        import math


        def compute_total(xs, total):
            for x in xs:
                total += x
            return total


        # why
        def f(xs, n):
            total = 0
            # each
            total = compute_total(xs, total)
            return total + n
        """,
    ),
    "the end of a function": (
        """
        def f(xs, n):
            n += 1
            if n > 2:
                return xs[0]
            xs.append(n)
        """,
        "if n > 2:",
        "2",
        """
        def finish(n, xs):
            if n > 2:
                return xs[0]
            xs.append(n)


        def f(xs, n):
            n += 1
            return finish(n, xs)
        """,
    ),
    "a variable that the run sets itself stays inside": (
        """
        def f(xs, n):
            for x in xs:
                y = x * n
                xs[0] = y
            return xs
        """,
        "y = x * n",
        "2",
        """
        def finish(x, n, xs):
            y = x * n
            xs[0] = y


        def f(xs, n):
            for x in xs:
                finish(x, n, xs)
            return xs
        """,
    ),
    "what the next round reads comes out": (
        """
        def f(xs, n):
            last = 0
            for x in xs:
                n += x - last
                last = x
            return n
        """,
        "n += x - last",
        "2",
        """
        def compute_n_and_last(n, x, last):
            n += x - last
            last = x
            return n, last


        def f(xs, n):
            last = 0
            for x in xs:
                n, last = compute_n_and_last(n, x, last)
            return n
        """,
    ),
}
REFUSED = {
    "only one plain line": "n += 1\n    return n",
    "a break of the loop around": "for x in xs:\n        if n: break",
    "a return that something follows": "while n:\n        if xs: return n\n        n -= 1",
    "a variable that may have no value": "if n: y = 1\n    print(1)\n    return y",
    "a closure around it": "g = lambda: n\n    n = n + 1\n    n = n * 2\n    return g()",
    "it yields": "n = 1\n    n = 2\n    yield n",
    "it deletes": "y = n\n    del n",
    "in a try": "try:\n        n = xs[0]\n        n = xs[9]\n    except Exception:\n        return n",
    "the whole body": "n += 1\n    return n",
    "a global": "global z\n    z = n\n    z = z + 1\n    return z",
}


def extracted(code, start, size):
    program, transform = Program(textwrap.dedent(code).lstrip("\n")), TRANSFORMS[NAME]
    lines = program.code.splitlines()
    site = next(site for site in transform.sites(program) if lines[site.line - 1].strip() == start)
    return transform.apply(program, site, (("size", size),)).code


@pytest.mark.parametrize("case", PAIRS)
def test_moves_statements(case, same_results):
    before, start, size, after = PAIRS[case]
    assert extracted(before, start, size) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason):
    assert every_result(f"def f(xs, n):\n    {REFUSED[reason]}\n") == []


def every_result(code):
    transform, program = TRANSFORMS[NAME], Program(code)
    drawn = [
        (site, transform.choose(program, site, random.Random(seed)))
        for site in transform.sites(program)
        for seed in range(8)
    ]
    return sorted({transform.apply(program, site, parameters).code for site, parameters in drawn})


def test_every_run_of_a_longer_function_does_the_same(same_results):
    code = """
def f(xs, n):
    seen, best = [], None
    for i, x in enumerate(xs):
        if x in seen:
            n += i
            continue
        seen.append(x)
        double = x * 2
        if best is None or double > best:
            best = double
            where = i
    if n > 3:
        return sorted(seen, key=lambda y: -y)
    k = sum(x for x in seen)
    while k > 10:
        k //= 2
        n += 1
    print(k)
    return best, n, k
"""
    texts = every_result(code)
    assert len(texts) >= 12
    for text in texts:
        assert same_results(code, text, CALLS)


def test_draws_size_and_name():
    program = Program("def f(a):\n    b = a\n    c = b + 1\n    d = c + 1\n    e = d\n    return e\n")
    transform = TRANSFORMS[NAME]
    site = transform.sites(program)[0]
    drawn = {transform.choose(program, site, random.Random(seed)) for seed in range(40)}
    assert len({dict(parameters)["size"] for parameters in drawn}) >= 3
    assert len(drawn) > 10
