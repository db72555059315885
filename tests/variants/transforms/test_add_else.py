import pytest

NAME = "add_else"

PAIRS = {
    "if k:\n        return 1\n    return 2": "if k:\n        return 1\n    else:\n        return 2",
    "if k:\n        return 1\n\n    # more\n    xs.append(k)\n    return 2": (
        "if k:\n        return 1\n    else:\n        # more\n        xs.append(k)\n        return 2"
    ),
    "if k: return 1\n    elif xs:\n        raise KeyError\n    k = 2": (
        "if k: return 1\n    elif xs:\n        raise KeyError\n    else:\n        k = 2"
    ),
    "for x in xs:\n        if x > k:\n            continue\n        k += x\n        # end": (
        "for x in xs:\n        if x > k:\n            continue\n        else:\n            k += x\n            # end"
    ),
}
REFUSED = {
    "the branch goes on": "if k:\n        k = 2\n    k = 3",
    "one branch goes on": "if k:\n        return 1\n    elif xs:\n        k = 3\n    k = 4",
    "it has an else": "if k:\n        return 1\n    else:\n        k = 3\n    k = 4",
    "nothing follows": "for x in xs:\n        if x > k:\n            break",
}
CALLS = [([1, 2, 3], 1), ([], 0), ([5], 0), ([4], 4)]


@pytest.mark.parametrize("before", PAIRS)
def test_nests(before, rewrite, same_results):
    code = f"def f(xs, k):\n    {before}\n"
    after = rewrite(NAME, code)
    assert after == f"def f(xs, k):\n    {PAIRS[before]}\n"
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = f"def f(xs, k):\n    {REFUSED[reason]}\n"
    assert rewrite(NAME, code) == code
