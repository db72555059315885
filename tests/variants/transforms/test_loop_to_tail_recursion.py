import textwrap

import pytest

NAME = "loop_to_tail_recursion"
FRAME = "def f(n, k):\n    total = 0\n    {}\n    return n, k, total\n"
CALLS = [(0, 2), (12345, 3), (1, 1), (84, 36), (2**80, 10), (7.5, 2), (True, 1), ("a", 1), (None, 0)]

PAIRS = {
    "digits": (
        """
        def f(n, k):
            total = 0
            # each
            while n > 0:  # digit
                total += n % 10
                n //= 10
            return total
        """,
        """
        def go_on(n, total):
            if n > 0:  # digit
                total += n % 10
                n //= 10
                return go_on(n, total)
            return total


        def f(n, k):
            total = 0
            # each
            total = go_on(n, total)
            return total
        """,
    ),
    "Euclid": (
        """
        def f(n, k):
            while k:
                n, k = k, n % k
            return n
        """,
        """
        def go_on(k, n):
            if k:
                n, k = k, n % k
                return go_on(k, n)
            return n


        def f(n, k):
            n = go_on(k, n)
            return n
        """,
    ),
    "halves": (
        """
        def f(n, k):
            bits = []
            while n != 0:
                bits = [n % 2] + bits
                n = n >> 1
            return bits, n
        """,
        """
        def go_on(n, bits):
            if n != 0:
                bits = [n % 2] + bits
                n = n >> 1
                return go_on(n, bits)
            return n, bits


        def f(n, k):
            bits = []
            n, bits = go_on(n, bits)
            return bits, n
        """,
    ),
}
REFUSED = {
    "as many rounds as the number says": "while n > 0:\n        total += n\n        n -= 1",
    "divided by one": "while n > 0:\n        total += n\n        n //= 1",
    "divided by anything": "while n > 0:\n        total += n\n        n //= k",
    "assigned twice": "while n > 0:\n        n += 3\n        n //= 2",
    "divided in a branch": "while n > 0:\n        total += 1\n        if total: n //= 2",
    "below zero": "while n >= 0:\n        total += 1\n        n //= 2",
    "a break": "while n > 0:\n        n //= 2\n        if n == k: break",
    "a return": "while n > 0:\n        n //= 2\n        if n == k: return 1",
    "an else": "while n > 0:\n        n //= 2\n    else:\n        total = 1",
    "a closure": "g = lambda: n\n    while n > 0:\n        n //= 2\n    total = g()",
}


@pytest.mark.parametrize("case", PAIRS)
def test_calls_itself_for_the_next_round(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code
