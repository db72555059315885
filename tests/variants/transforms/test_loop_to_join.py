import textwrap

import pytest

NAME = "loop_to_join"
CALLS = [([3, 1, 2], 2), ("", 0), ("abca", "a"), (["a", "b"], "a"), (["a", 1], "a"), (None, 1)]

PAIRS = {
    "pieces with comments": (
        """
        def f(xs, n):
            # all
            s = ""
            # each
            for x in xs:
                if x != n:
                    s += str(x)
            return s
        """,
        """
        def f(xs, n):
            # all
            # each
            s = "".join(str(x) for x in xs if x != n)
            return s
        """,
    ),
    "pieces that may be no strings": (
        """
        def f(xs, n):
            s = ''
            for x in xs:
                s = s + x
            for i in range(2):
                s += '-'
            return s
        """,
        """
        def f(xs, n):
            s = ''.join(x for x in xs)
            for i in range(2):
                s += '-'
            return s
        """,
    ),
}

REFUSED = {
    "the string is read in the loop": "s = ''\n    for x in xs:\n        s += s[:1] + str(x)\n    return s",
    "something is changed that would stay half done": "s = ''\n    for x in range(3):\n        s += xs.pop()\n    return s",
    "it does not begin empty": "s = 'a'\n    for x in xs:\n        s += 'b'\n    return s",
    "the other way round": "s = ''\n    for x in xs:\n        s = str(x) + s\n    return s",
    "a list": "s = []\n    for x in xs:\n        s += x\n    return s",
}


@pytest.mark.parametrize("case", PAIRS)
def test_joins_at_once(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    program = f"def f(xs, n):\n    {REFUSED[case]}\n"
    assert rewrite(NAME, program) == program
