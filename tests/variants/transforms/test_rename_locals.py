import random

import pytest

from variants import TRANSFORMS, Program, ProgramError, Site

NAME = "rename_locals"


def renamed(code: str, protected=(), seed: int = 0) -> tuple[str, dict[str, str]]:
    transform, program = TRANSFORMS[NAME], Program(code)
    names: dict[str, str] = {}
    for site in reversed(transform.sites(program)):
        parameters = transform.choose(program, site, random.Random(seed), protected)
        if parameters:
            names.update(parameters)
            program = Program(transform.apply(program, site, parameters).code)
    return program.code, names


# each program with the names that must have gone and the names that must still be there
CASES = {
    "comprehensions, lambdas and closures": (
        """
def f(xs, k):
    ys = [x * k for x in xs if x]
    add = lambda y, z=k: y + z + k

    def inner(w):
        return w + k + len(ys)

    return [inner(x) for x in ys], add(1), {x: ys for x in xs}
""",
        {"xs", "k", "ys", "x", "y", "z", "w", "add"},
        {"f", "inner", "len"},
    ),
    "one name in several scopes": (
        """
def f(x):
    y = [x for x in x] + [(lambda x: x + 1)(x) for x in x]

    def g(x):
        return [x for x in range(x)]

    return x, y, g(len(x))
""",
        {"x", "y"},
        {"f", "g"},
    ),
    "a use above the assignment": (
        """
def f(xs, k):
    y = 0
    for x in xs:
        if x > k:
            y += last
        last = x
    return [(i, j) for i in xs for j in range(i) if xs[j % len(xs)] == i], y
""",
        {"last", "i", "j", "x", "y"},
        {"f"},
    ),
    "passed by keyword": (
        """
def g(a, b=2):
    return a - b


def f(xs, k):
    return g(b=len(xs), a=k)
""",
        {"xs", "k"},
        {"a", "b"},
    ),
    "a mapping spread into keywords": (
        """
def g(a, b):
    c = a - b
    return c


def f(xs, k):
    return g(**{"a": k, "b": len(xs)})
""",
        {"c"},
        {"a", "b", "xs", "k"},
    ),
    "nonlocal and global": (
        """
total = 0


def f(xs, k):
    global total
    total = 0
    count = 0

    def bump(n):
        nonlocal count
        count += n

    for x in xs:
        bump(x)
        total += x
    return count, total
""",
        {"n", "x", "xs"},
        {"count", "total", "bump"},
    ),
    "attributes and keywords of the same name": (
        """
class Box:
    def __init__(self, real, key):
        self.real = real
        self.key = key


def f(xs, k):
    key = lambda x: -x
    real = Box(1, 2)
    real.key = sorted(xs, key=key)
    return real.real, real.key, (3).real
""",
        {"x", "xs", "k"},
        {"self", "sorted", "Box"},
    ),
    "exception and with targets, deletion, augmented assignment, unpacking": (
        """
def f(xs, k):
    try:
        first, *rest = xs
        first += k
        del rest
        return first / 0
    except ZeroDivisionError as error:
        return str(type(error)), [a + b for a, b in zip(xs, xs)]
""",
        {"first", "rest", "error", "a", "b"},
        {"ZeroDivisionError", "zip"},
    ),
    "an f-string that prints the name": (
        """
def f(xs, k):
    shown = len(xs)
    hidden = k
    return f"{shown=} {hidden}"
""",
        {"hidden", "xs", "k"},
        {"shown"},
    ),
    "a walrus in a comprehension": (
        """
def f(xs, k):
    ys = [last := x for x in xs]
    return ys, last if xs else k
""",
        {"ys", "x"},
        {"last"},
    ),
    "imports, classes and functions": (
        """
def f(xs, k):
    import math as m
    from math import floor

    class Inner:
        size = 3

        def get(self, extra):
            return self.size + extra

    return m.sqrt(4), floor(k), Inner().get(1)
""",
        {"extra", "k"},
        {"m", "floor", "Inner", "size", "get", "self"},
    ),
    "annotations": (
        """
def f(xs: "list[int]", k: int):
    number: int = k
    words: "list[k]" = []
    return number, words
""",
        {"number", "words", "xs"},
        {"k", "int"},
    ),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("seed", range(3))
def test_renames_what_is_local(case, seed, same_results):
    before, gone, kept = CASES[case]
    after, names = renamed(before, seed=seed)
    assert set(names) >= gone
    assert not kept & set(names)
    assert same_results(before, after, [([1, 2, 3], 1), ([], 0), ([5], 7)])
    assert not set(names.values()) & set(names)


def test_new_names_meet_no_name_keyword_or_builtin():
    _, names = renamed("a = b = c = var_1 = v1 = 0\n\n\ndef f(d, e):\n    g = d\n    return e, g, a.h\n")
    assert len(set(names.values())) == 3
    assert not set(names.values()) & set("abcdefgh") | {"var_1", "v1"} & set(names.values())


def test_keeps_the_parameters_that_an_input_passes_by_keyword():
    after, names = renamed("def f(xs, k):\n    y = k\n    return xs, y\n", protected={"k"})
    assert "k" not in names
    assert {"xs", "y"} == set(names)
    assert "k):" in after


def test_a_local_may_be_renamed_though_a_parameter_elsewhere_is_passed_by_keyword():
    _, names = renamed("def f(xs):\n    end = len(xs)\n    print(end, end='')\n    return end\n")
    assert "end" in names


@pytest.mark.parametrize(
    "code",
    [
        "def f(xs):\n    ys = xs\n    return locals()\n",
        "def f(xs):\n    ys = xs\n    return eval('ys')\n",
        "def f(xs):\n    match xs:\n        case [a]:\n            return a\n    return xs\n",
        "def f():\n    return 1\n",
        "def f(_):\n    return _\n",
    ],
)
def test_refuses(code):
    assert renamed(code) == (code, {})


def test_says_that_a_record_is_for_another_program():
    program = Program("def f(xs):\n    return xs\n")
    with pytest.raises(ProgramError, match="another"):
        TRANSFORMS[NAME].apply(program, Site("f", 0, 1), (("gone", "a"),))
    with pytest.raises(ProgramError, match="another"):
        TRANSFORMS[NAME].apply(program, Site("g", 0, 1), ())


def test_keeps_comments_and_layout():
    code = "def f( xs ):  # one\n\n    # two\n    ys=xs   # three\n    return  ys\n"
    after, names = renamed(code)
    expected = code
    for old, new in names.items():
        expected = expected.replace(old, new)
    assert after == expected


def test_a_variable_may_be_called_wish():
    """The parameters of a renaming are names; those of other transforms have a `wish` that is a number."""
    code = "def f(x):\n    wish = x + 1\n    return wish\n"
    transform, program = TRANSFORMS["rename_locals"], Program(code)
    [site] = transform.sites(program)
    parameters = transform.choose(program, site, random.Random(1))
    assert "wish" in dict(parameters)
    assert "wish" not in transform.rewritten(program, site, parameters)
