import pytest

NAME = "sort_to_sorted"
FRAME = "def f(xs, k):\n    y = [3, 1]\n    z = y\n    {}\n    return xs, k, y, z\n"
CALLS = [([3, 1, 2], 2), ([], 0), ([5], 1), (["a", "b"], "b"), (["a", 1], 0), ("cab", 1)]

PAIRS = {
    "y.sort()  # so": "y[:] = sorted(y)  # so",
    "y.append(k); y.sort(key=lambda v: -v, reverse=True); k = 1": "y.append(k); y[:] = sorted(y, key=lambda v: -v, reverse=True); k = 1",
}
REFUSED = {
    "a parameter": "xs.sort()",
    "may be no list": "y = k\n    y.sort()",
    "a value of the call": "k = y.sort()",
    "in a try": "try: y.sort()\n    except Exception: pass",
    "an alias of a parameter": "w = xs\n    w.sort()",
}


@pytest.mark.parametrize("before", PAIRS)
def test_puts_a_sorted_copy_in_its_place(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code
