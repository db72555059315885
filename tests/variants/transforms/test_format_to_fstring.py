import pytest

NAME = "format_to_fstring"
FRAME = 'def f(x, k):\n    y = "s"\n    {}\n    return x, k, y\n'
CALLS = [(1, 2), ("a", "b"), ("q", 1.5), ([1], None), (True, {"p": 1}), ("é", 3)]

PAIRS = {
    "y = '{}: {}'.format(x, k)": 'y = f"{x}: {k}"',
    "y = '{0!r:>5}{{a}}\\n{z}'.format(x, z=y)": 'y = f"{x!r:>5}{{a}}\\n{y}"',
    "y = '%s is %s' % (x, k)": 'y = f"{x} is {k}"',
    "y = 'a%s' % y": 'y = f"a{y}"',
    "y = '{}'.format('a' if k else y)": "y = f\"{'a' if k else y}\"",
}
REFUSED = {
    "not in order": "y = '{1}{0}'.format(x, k)",
    "used twice": "y = '{0}{0}'.format(x)",
    "left over": "y = '{}'.format(x, k)",
    "an item": "y = '{0[0]}'.format(y)",
    "a format with a value": "y = '{:{}}'.format(x, k)",
    "both quotes": "y = '{}'.format('\"' + \"'\")",
    "a dict": "y = '{}'.format({1: 2})",
    "a number format": "y = '%d' % k",
    "a later value changes something": "y = '{}{}'.format(x, print(k))",
    "maybe a tuple": "y = 'a%s' % k",
    "broken": "y = '{'.format(x)",
}


@pytest.mark.parametrize("before", PAIRS)
def test_writes_values_where_they_stand(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code
