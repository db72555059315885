import textwrap

import pytest

NAME = "if_to_ternary"
CALLS = [
    (a, b)
    for a in (0, 1, True, -1.0, float("nan"), "a", None)
    for b in (0, 1, False, 2.5, float("nan"), "b", [1])
]

PAIRS = {
    "an assignment": (
        """
        def f(a, b):
            # which
            if a == 1:
                x = a, 1
            else:
                x = b
            return x
        """,
        """
        def f(a, b):
            # which
            x = (a, 1) if a == 1 else b
            return x
        """,
    ),
    "a return with an else": (
        """
        def f(a, b):
            if a or b: return 1
            else: return 2
        """,
        """
        def f(a, b):
            return 1 if a or b else 2
        """,
    ),
    "a return after it": (
        """
        def f(a, b):
            if not a:
                return b

            return a
            # end
        """,
        """
        def f(a, b):
            return b if not a else a
            # end
        """,
    ),
    "an augmented assignment": (
        """
        def f(a, b):
            total = [1]
            if a:
                total += [a]
            else:
                total += [b, 2]
            return total
        """,
        """
        def f(a, b):
            total = [1]
            total += [a] if a else [b, 2]
            return total
        """,
    ),
    "an element": (
        """
        def f(a, b):
            x = [0]
            if a:
                x[0] = a
            else:
                x[0] = b
            return x
        """,
        """
        def f(a, b):
            x = [0]
            x[0] = a if a else b
            return x
        """,
    ),
}

REFUSED = {
    "other targets": "def f(a, b):\n    if a:\n        x = 1\n    else:\n        y = 2\n    return a\n",
    "other statements": "def f(a, b):\n    if a:\n        b = 1\n    else:\n        return 2\n    return b\n",
    "an elif": "def f(a, b):\n    if a:\n        b = 1\n    elif b:\n        b = 2\n    else:\n        b = 3\n    return b\n",
    "a comment": "def f(a, b):\n    if a:\n        return 1  # one\n    return 2\n",
    "a value that chooses already": "def f(a, b):\n    if a:\n        return 1\n    return 2 if b else 3\n",
    "an augmented element": "def f(a, b):\n    if a.pop():\n        a[0] += 1\n    else:\n        a[0] += 2\n    return a\n",
    "an augmented name that may be unbound": "def f(a, b):\n    if b:\n        x = 1\n    if a[0]:\n        x += 1\n    else:\n        x += 2\n    return x\n",
    "True and False": "def f(a, b):\n    if a:\n        return True\n    return False\n",
    "a long line": "def f(a, b):\n    if a:\n        return 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'\n    return 'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy'\n",
}


@pytest.mark.parametrize("case", PAIRS)
def test_chooses_within_a_statement(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    assert rewrite(NAME, REFUSED[case]) == REFUSED[case]
