import textwrap

import pytest

NAME = "inline_helper"
CALLS = [(3, 2), (0, 0), ("a", 2), ([1, 2], 1), (None, 1), (5, -1)]
HELPERS = """
def double(v):
    \'\'\'Twice.\'\'\'
    return v + v


def longer(v, n):
    # how
    total = 0
    for i in range(n):
        total += v
    v = total
    return v


def early(v):
    if v:
        return 1
    print(v)


def odd(v, k=1):
    return [v for v in [k]]


def recursive(n):
    return recursive(n - 1) if n > 0 else 0


def keeps(v):
    return lambda: v


def catches(n):
    return [x for x in [n]][0] + limit


limit = 3
"""
PAIRS = {
    "y = double(x) * 2": "y = (x + x) * 2",
    "while double(k) > 9: k -= 1": "while k + k > 9: k -= 1",
    "# why\n    y = longer(x, k)\n    x = y": (
        "# why\n    v = x\n    # how\n    total = 0\n    for i in range(k):\n        total += v\n"
        "    v = total\n    y = v\n    x = y"
    ),
    "i = longer(x, k + 1)\n    y = i": (
        "v = x\n    n = k + 1\n    # how\n    total = 0\n    for inner_i in range(n):\n        total += v\n"
        "    v = total\n    i = v\n    y = i"
    ),
    "return early(x)": "if x:\n        return 1\n    print(x)\n    return None",
    "y = catches(x)": "n = x\n    y = [x for x in [n]][0] + limit",
    "y = catches(k)": "y = [x for x in [k]][0] + limit",
}
REFUSED = {
    "an argument that is computed": "y = 1 + double(x * 2)",
    "a default": "y = odd(x)",
    "recursion": "y = recursive(x)",
    "a closure": "y = keeps(x)()",
    "a variable of a comprehension would catch it": "y = 1 + catches(x)",
    "another return than the last": "y = early(x)",
    "in a try": "try: y = longer(x, k)\n    except Exception: y = 0",
    "by keyword": "y = double(v=x)",
    "another meaning in the caller": "limit = 1\n    y = catches(k)",
    "an f-string": "y = f'{double(x)}'",
}


def frame(body):
    return f"{HELPERS.lstrip()}\n\ndef f(x, k):\n    y = 0\n    {body}\n    return x, k, y\n"


@pytest.mark.parametrize("before", PAIRS)
def test_does_it_in_the_caller(before, rewrite, same_results):
    after = rewrite(NAME, frame(before))
    assert after == frame(PAIRS[before])
    assert same_results(frame(before), after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = frame(REFUSED[reason])
    assert rewrite(NAME, code) == code


def test_undoes_what_was_extracted(rewrite, same_results):
    code = textwrap.dedent(
        """
        def compute_total(xs, total):
            for x in xs:
                total += x
            return total


        def f(xs):
            total = 0
            for x in range(2):
                total = compute_total(xs, total)
            return total
        """
    )
    after = rewrite(NAME, code)
    assert "total = compute_total" not in after
    assert same_results(code, after, [([1, 2],), ([],), (None,), ("a",)])
