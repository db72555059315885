import random

import pytest

from variants import TRANSFORMS, Program

NAME = "introduce_temporary"

PAIRS = {
    "return len(xs) + 1": "total = len(xs) + 1\n    return total",
    "if(len(xs)>2):\n        k = 0": "condition = len(xs)>2\n    if condition:\n        k = 0",
    "for x in sorted(xs):  # go\n        k += x": "ordered = sorted(xs)\n    for x in ordered:  # go\n        k += x",
    "ys.append(xs[0])": "item = xs[0]\n    ys.append(item)",
    "k += len(xs)": "length = len(xs)\n    k += length",
    "# why\n    ys = [len(xs), k]": "# why\n    length = len(xs)\n    ys = [length, k]",
    "assert k < 9, 'big'": "condition = k < 9\n    assert condition, 'big'",
}
CALLS = [([1, 2, 3], 1), ([], 0), ([5], 0), ([4, 4, 4, 4], 2)]
REFUSED = {
    "it has a name already": "ys = len(xs)",
    "it stands alone": "xs.sort()",
    "no place before an elif": "if k:\n        pass\n    elif len(xs):\n        pass",
    "a while test is evaluated again": "while len(ys) < 3:\n        ys = [0, 0, 0]",
    "the right side may not be evaluated": "k = k and len(xs)",
    "a branch may not be evaluated": "return xs if k else ys[:]",
    "in a lambda": "return lambda: len(xs)",
    "an inner expression runs many times": "return {x: x for x in xs} if k else None",
    "a walrus": "return (k := 3)",
    "a comment would go": "return (\n        len(xs)  # all\n    )",
}
FRAME = "def f(xs, k):\n    ys = []\n    {}\n    return xs, k, ys\n"


@pytest.mark.parametrize("before", PAIRS)
def test_names_a_part(before, same_results):
    code = FRAME.format(before)
    program = Program(code)
    site = TRANSFORMS[NAME].sites(program)[0]
    after = TRANSFORMS[NAME].apply(program, site).code  # nothing drawn: the first part, the first name
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code


def every_result(code):
    transform, program = TRANSFORMS[NAME], Program(code)
    for site in transform.sites(program):
        for part in range(12):
            yield transform.apply(program, site, (("part", str(part)),)).code


def test_evaluates_in_the_same_order(same_results):
    code = """
def f(xs, k):
    def say(x):
        print(x)
        return x

    def fail(x):
        raise KeyError(x)

    ys = [say(1), say(k), xs[0], say(3)]
    ys[say(0)] = say(4) + say(5)
    ys[xs.pop()] += say(k) * xs[k]
    if say(k) > xs[k] and say(6):
        return fail(say(7)) + say(8)
    return [say(9)] + xs[k:k + 2] + [say(x) for x in xs]
"""
    texts = set(every_result(code))
    assert len(texts) >= 8
    for text in texts:
        assert same_results(code, text, [([0, 1, 2], 1), ([0, 0], 0), ([], 1), ([1, 1, 1, 1], 2)])


def test_draws_the_part_and_the_name():
    transform, program = TRANSFORMS[NAME], Program("def f(xs):\n    return len(xs) * 2 + len(xs) % 3\n")
    (site,) = transform.sites(program)
    drawn = [transform.choose(program, site, random.Random(seed)) for seed in range(40)]
    texts = {transform.apply(program, site, parameters).code for parameters in drawn}
    assert len(texts) > 8


def test_a_generator_is_not_kept_alive(rewrite):
    code = """
def f(xs):
    def g():
        try:
            yield from xs
        finally:
            print("closed")

    for x in g():
        break
    return 1
"""
    assert rewrite(NAME, code).lstrip() == code.lstrip()


def test_an_operator_of_a_class_may_print(rewrite):
    code = """
class A:
    def __lt__(self, other):
        print("compared")
        return True


def f(a, b):
    return a < b, g(a)
"""
    assert "result = g(a)" not in rewrite(NAME, code)
