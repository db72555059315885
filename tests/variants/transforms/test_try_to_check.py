import pytest

NAME = "try_to_check"
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
    "# why\n    try:\n        d[n] += 1  # more\n    except KeyError:  # new\n        d[n] = 1": "# why\n    if n in d:\n        d[n] += 1  # more\n    else:  # new\n        d[n] = 1",
    "try:\n        y = zs[len(d)] + 3\n    except IndexError:\n        y = 2": "if -len(zs) <= len(d) < len(zs):\n        y = zs[len(d)] + 3\n    else:\n        y = 2",
    "try:\n        zs.remove(n)\n    except ValueError:\n        pass": "if n in zs:\n        zs.remove(n)",
    "try:\n        return zs.index(n)\n    except ValueError:\n        return -1": "if n in zs:\n        return zs.index(n)\n    else:\n        return -1",
}
REFUSED = {
    "no dict": "try:\n        y = n[1]\n    except KeyError:\n        y = 2",
    "another exception": "try:\n        y = d[n]\n    except IndexError:\n        y = 2",
    "all exceptions": "try:\n        y = d[n]\n    except Exception:\n        y = 2",
    "a name": "try:\n        y = d[n]\n    except KeyError as e:\n        y = e",
    "two lines": "try:\n        y = 3\n        y = d[n]\n    except KeyError:\n        y = 2",
    "an else": "try:\n        y = d[n]\n    except KeyError:\n        y = 2\n    else:\n        y = 3",
    "a finally": "try:\n        y = d[n]\n    except KeyError:\n        y = 2\n    finally:\n        n = 1",
    "two handlers": "try:\n        y = d[n]\n    except KeyError:\n        y = 2\n    except TypeError:\n        y = 4",
    "an index that may be no int": "try:\n        y = zs[n]\n    except IndexError:\n        y = 2",
    "a bare raise": "try:\n        y = d[n]\n    except KeyError:\n        raise",
    "two lookups": "try:\n        y = d[n] + d[y]\n    except KeyError:\n        y = 2",
    "something before may fail": "try:\n        y = xs[0] + d[n]\n    except KeyError:\n        y = 2",
}


@pytest.mark.parametrize("before", PAIRS)
def test_asks_first(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code
