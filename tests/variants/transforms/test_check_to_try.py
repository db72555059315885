import pytest

NAME = "check_to_try"
FRAME = "def f(xs, n):\n    d = dict()\n    for x in xs:\n        d[x] = len(d)\n    zs = list(xs)\n    y = 1\n    {}\n    return xs, n, y, d, zs\n"
CALLS = [
    ([3, 1, 2], 2),
    ([], 0),
    ("cab", "c"),
    ([5], 3),
    (["a", "b", "a"], "a"),
    ([1, 2], [3]),
    ((1, 2), True),
    (None, 1),
    ([1], {}),
    ([4, 4], -1),
    ([float("nan")], 1),
]

PAIRS = {
    "# why\n    if n in d:\n        d[n] += 1  # more\n    else:\n        # new\n        d[n] = 1": "# why\n    try:\n        d[n] += 1  # more\n    except KeyError:\n        # new\n        d[n] = 1",
    "if n not in d:\n        y = 2\n    else:\n        y = d[n] + 3": "try:\n        y = d[n] + 3\n    except KeyError:\n        y = 2",
    "if n in d:\n        return d[n]": "try:\n        return d[n]\n    except KeyError:\n        pass",
    "if n in zs:\n        zs.remove(n)": "try:\n        zs.remove(n)\n    except ValueError:\n        pass",
    "if n in zs:\n        y = zs.index(n) + 1\n    elif y:\n        y = 7": "try:\n        y = zs.index(n) + 1\n    except ValueError:\n        if y:\n            y = 7",
}
REFUSED = {
    "no dict": "if n in xs:\n        y = xs[n]",
    "nothing is looked up": "if n in d:\n        d[n] = 2",
    "two lines": "if n in d:\n        y = 2\n        y = d[n]",
    "another lookup": "if n in d:\n        y = d[n] + d[y]",
    "a call that may raise anything": "if n in d:\n        y = d[print(n)]",
    "something before may fail": "if n in d:\n        y = xs[0] + d[n]",
    "another key": "if n in d:\n        y = d[y]",
    "a bare raise": "if n in d:\n        y = d[n]\n    else:\n        raise",
    "an elif": "if y:\n        y = 1\n    elif n in d:\n        d[n] = 1",
    "a value that may raise it too": "if n in d:\n        d[n] += f(xs, n)[1]",
}


@pytest.mark.parametrize("before", PAIRS)
def test_catches_what_is_raised(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code
