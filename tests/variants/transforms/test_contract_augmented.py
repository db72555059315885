import pytest

NAME = "contract_augmented"

CONTRACTED = {
    "x = x + a": "x += a",
    "x = x - (a - b)": "x -= a - b",
    "x = len(s) + x": "x += len(s)",
    "x = 2 * x  # twice": "x *= 2  # twice",
    "w = w ** 2; b = w": "w **= 2; b = w",
    "s = s + (a + 'z')": "s += a + 'z'",
    "a = a + 1": "a += 1",
    "a = a // 2": "a //= 2",
    "a = a + 'z'": "a += 'z'",
    "a[b] = a[b] - 1": "a[b] -= 1",
    "t = t + (a, b)": "t += (a, b)",
}
REFUSED = {
    "a list would change in place": "y = y + [a]",
    "a parameter may be a list": "a = a + b",
    "a parameter may be a list that is repeated": "a = a * 2",
    "text is not joined the other way round": "s = 'z' + s",
    "three parts": "x = x + a + b",
    "another variable": "x = w + x * 2",
    "an index with a call": "a[b.pop()] = a[b.pop()] + 1",
    "a walrus": "a[b] = a[b] + (b := 1)",
    "two targets": "x = w = x + 1",
}
FRAME = """
def f(a, b):
    x = 0
    w = 3
    s = ''
    t = ()
    y = []
    {}
    return x, w, s, t, a, y
""".lstrip()


@pytest.mark.parametrize("statement", CONTRACTED)
def test_contracts(statement, rewrite, same_results):
    before, after = FRAME.format(statement), FRAME.format(CONTRACTED[statement])
    assert rewrite(NAME, before) == after
    calls = [(1, 2), (0, 0), ("u", "v"), ({"k": 1, 2: 2}, 2), (1.5, 1)]
    assert same_results(before, after, calls)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    assert rewrite(NAME, FRAME.format(REFUSED[reason])) == FRAME.format(REFUSED[reason])


def test_a_class_may_have_its_own_division(rewrite):
    code = "class A:\n    pass\n\n\ndef f(a):\n    a = a / 2\n    return a\n"
    assert rewrite(NAME, code) == code
