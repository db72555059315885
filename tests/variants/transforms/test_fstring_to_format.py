import pytest

NAME = "fstring_to_format"
FRAME = 'def f(x, k):\n    y = "s"\n    {}\n    return x, k, y\n'
CALLS = [(1, 2), ("a", "b"), ("q", 1.5), ([1], None), (True, {"p": 1}), ("é", 3)]

PAIRS = {
    "y = f'{x}: {k}'": 'y = "{}: {}".format(x, k)',
    "y = f'{x!r:>5}{{k}}\\n{y}'": 'y = "{!r:>5}{{k}}\\n{}".format(x, y)',
    "y = f'{k:3}'.upper() + f\"it's {k}\"": 'y = "{:3}".format(k).upper() + "it\'s {}".format(k)',
    "y = f'{x, k}'": 'y = "{}".format((x, k))',
}
REFUSED = {
    "no values": "y = f'a'",
    "its own source": "y = f'{x = }'",
    "a format with a value": "y = f'{x:{k}}'",
    "adjacent literals": "y = 'a' f'{x}'",
    "a later value changes something": "y = f'{x}{print(k)}'",
    "a later value may fail after a format has": "y = f'{x:5}{k[0]}'",
}


@pytest.mark.parametrize("before", PAIRS)
def test_hands_values_over(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code


def test_a_later_value_may_not_change_what_comes_first(rewrite):
    code = "def f(xs):\n    return f'{xs}{xs.append(1)}'\n"
    assert rewrite(NAME, code) == code
