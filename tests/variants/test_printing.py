"""A rewritten program is printed as libcst prints it, though only what changed is printed anew."""

import random
import textwrap

import pytest

from variants import TRANSFORMS, Program

PROGRAMS = {
    "comments and blank lines": """
        import math  # above

        LIMIT = 3


        # Before the decorator.
        @staticmethod
        # Between.
        def helper(xs):
            '''Doc.'''

            total = 0  # starts at nothing
            for x in xs:
                # Inside.
                if x > LIMIT:
                    total += x
                    # At the end of the block.
                else:
                    total -= x

                # At the end of the loop.

            # At the end of the function.
            return total

        # Between functions.

        def f(xs, n): return helper(xs) if n else 0
        # The last line.
    """,
    "one line": "def f(xs, n): a = 1; b = 2; return a + b\n",
    "no newline at the end": "def f(xs, n):\n    a = len(xs)\n    return a + n",
    "windows": "def f(xs, n):\r\n    a = len(xs)\r\n    if a > n:\r\n        a = n\r\n    return a\r\n",
    "tabs": "def f(xs, n):\n\ta = 0\n\twhile a < n:\n\t\ta += 1\n\t\t# at the end\n\treturn a\n",
    "try and match": """
        def f(xs, n):
            try:
                total = xs[0] + n
            except IndexError:
                total = 0
                # end of the handler
            finally:
                total = n
                # end of the last block
            match n:
                case 1:
                    total = 1
                case _:
                    total = 2
                    # end of the match
            with open(n) as file:
                text = file.read()
            return total if text else n
    """,
    "text over lines": "def f(xs, n):\n    a = '''one\n two'''\n    b = (n +\n         1)\n    return a * b\n",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_prints_what_libcst_prints(name):
    program = Program(textwrap.dedent(PROGRAMS[name]).lstrip("\n"))
    printed = 0
    for transform in TRANSFORMS.values():
        for site in transform.sites(program):
            parameters = transform.choose(program, site, random.Random(0))
            if parameters is not None:
                tree = transform.apply(program, site, parameters)
                assert transform.rewritten(program, site, parameters) == tree.code
                printed += 1
    assert printed >= 3
