import textwrap

import pytest

NAME = "invert_if"

CONDITIONS = {
    # exact for every type
    "a == b": "a != b",
    "a != b": "a == b",
    "a in b": "a not in b",
    "a is not None": "a is None",
    "not a": "a",
    "a": "not a",
    "a.x(b)": "not a.x(b)",
    # NaN and sets have no total order
    "a < b": "not (a < b)",
    "a >= 1.5": "not (a >= 1.5)",
    "{1} <= {2}": "not ({1} <= {2})",
    # ints and strings have
    "len(a) < 3": "len(a) >= 3",
    "n > len(a)": "n <= len(a)",
    "s <= 'm'": "s > 'm'",
    "len(a) < b": "not (len(a) < b)",
    "1 < len(a) < 3": "not (1 < len(a) < 3)",
    # De Morgan
    "a and b": "not a or not b",
    "a and b and n": "not a or not b or not n",
    "a == 1 or b": "a != 1 and not b",
    "a and (b or n)": "not a or not b and not n",
    "a or b and n": "not a and (not b or not n)",
    "not (a and b)": "a and b",
    "not a or (b == 1)": "a and b != 1",
    "(a < b) or a": "not (a < b) and not a",
    "a if b else n": "not (a if b else n)",
    "(x := a)": "not (x := a)",
    "lambda: a": "not (lambda: a)",
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_negates_the_condition(condition, rewrite):
    program = (
        "def f(a, b):\n    n = 0\n    s = ''\n    if {}:\n        return {}\n    else:\n        return {}\n"
    )
    before = program.format(condition, 1, 2)
    assert rewrite(NAME, before) == program.format(CONDITIONS[condition], 2, 1)


PAIRS = {
    "comments stay with their branches": (
        """
        def f(a, b):
            # which
            if a:  # first
                x = 1  # one

                # end of one
            # otherwise
            else:  # second
                x = 2
            return x
        """,
        """
        def f(a, b):
            # which
            if not a:  # second
                x = 2
            # otherwise
            else:  # first
                x = 1  # one

                # end of one
            return x
        """,
    ),
    "the last branch of a chain": (
        """
        def f(a, b):
            if a:
                return 1
            elif b:
                return 2
            else:
                return 3
        """,
        """
        def f(a, b):
            if a:
                return 1
            elif not b:
                return 3
            else:
                return 2
        """,
    ),
    "nested": (
        """
        def f(a, b):
            if a:
                if b:
                    return 1
                else:
                    return 2
            else:
                return 3
        """,
        """
        def f(a, b):
            if not a:
                return 3
            else:
                if not b:
                    return 2
                else:
                    return 1
        """,
    ),
    "without blocks": (
        """
        def f(a, b):
            if(a): return 1
            else: return 2
        """,
        """
        def f(a, b):
            if not a: return 2
            else: return 1
        """,
    ),
    "over several lines": (
        """
        def f(a, b):
            if (a and
                    b):
                return 1
            else:
                return 2
        """,
        """
        def f(a, b):
            if not a or not b:
                return 2
            else:
                return 1
        """,
    ),
}

REFUSED = {
    "no else": "def f(a, b):\n    if a:\n        return 1\n    return 2\n",
    "an elif follows": "def f(a, b):\n    if a:\n        return 1\n    elif b:\n        return 2\n",
    "in a program that looks at its frames": (
        "def f(a, b):\n    if a:\n        x = 1\n    else:\n        x = 2\n    return locals()\n"
    ),
}


@pytest.mark.parametrize("case", PAIRS)
def test_swaps_the_branches(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, [(a, b) for a in (0, 1) for b in (0, 1)])


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    assert rewrite(NAME, REFUSED[case]) == REFUSED[case]


def test_does_not_flip_equality_where_a_class_defines_its_own_inequality(rewrite):
    before = """
        class C:
            def __ne__(self, other):
                return True


        def f(a, b):
            if a == b:
                return 1
            else:
                return 2
        """
    assert "if not (a == b):" in rewrite(NAME, before)


def test_a_parameter_is_not_taken_for_an_int_because_it_is_one_later(rewrite):
    before = """
        def f(a, b):
            if a < 3:
                a = 4
            else:
                a = 5
            return a
        """
    assert "if not (a < 3):" in rewrite(NAME, before)
