import pytest

NAME = "sorted_to_sort"
FRAME = "def f(xs, k):\n    y = [3, 1]\n    {}\n    return xs, k, y\n"
CALLS = [
    ([3, 1, 2], 2),
    ([], 0),
    ([5], 1),
    ([4, -4, 9], 3),
    (None, 1),
    (["a", "b"], "b"),
    (["a", 1], 0),
    ("cab", 1),
]

PAIRS = {
    "# why\n    y = sorted(xs, reverse=True)  # so": "# why\n    y = list(xs)\n    y.sort(reverse=True)  # so",
    "y = sorted(y)": "y = list(y)\n    y.sort()",
    "y = sorted([k, *xs], key=lambda x: str(x))": "y = [k, *xs]\n    y.sort(key=lambda x: str(x))",
    "if sorted(xs) == y:\n        k = 0": "ordered = list(xs)\n    ordered.sort()\n    if ordered == y:\n        k = 0",
    "for x in sorted(set(xs)):\n        y.append(x)": "ordered = list(set(xs))\n    ordered.sort()\n    for x in ordered:\n        y.append(x)",
    "y = [k, sorted(xs)[0]]": "ordered = list(xs)\n    ordered.sort()\n    y = [k, ordered[0]]",
    "y = sorted(xs, key=lambda x: y)": "ordered = list(xs)\n    ordered.sort(key=lambda x: y)\n    y = ordered",
}
REFUSED = {
    "what comes before may change the list": "y = [xs.pop(), sorted(xs)]",
    "it may not be evaluated": "y = k and sorted(xs)",
    "a while test": "while sorted(xs) != y: y = sorted(y, key=print(1))",
    "in a loop of an expression": "y = [sorted(x) for x in xs]",
    "an elif": "if k: y = 0\n    elif sorted(xs): y = 1",
    "in a try": "try: y = sorted(xs)\n    except Exception: pass",
    "a key that is computed": "y = sorted(xs, key=print(1))",
    "a comment": "y = sorted(  # all\n        xs)",
}


@pytest.mark.parametrize("before", PAIRS)
def test_sorts_in_place(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code
