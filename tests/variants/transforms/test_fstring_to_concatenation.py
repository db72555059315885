import pytest

NAME = "fstring_to_concatenation"
FRAME = 'def f(x, k):\n    y = "s"\n    {}\n    return x, k, y\n'
CALLS = [(1, 2), ("a", "b"), ("q", 1.5), ([1], None), (True, {"p": 1}), ("é", 3)]

PAIRS = {
    "y = f'{x}: {k}'": 'y = str(x) + ": " + str(k)',
    "y = f'{y}{x!r}'.upper()": "y = (y + repr(x)).upper()",
    "y = f'{{{x or k}}}'": 'y = "{" + str(x or k) + "}"',
    "y = y * len(f'a{y * 2}')": 'y = y * len("a" + y * 2)',
    "y = f'{x}' f'{y}' if k else f'-{(x, k)}'": "y = f'{x}' f'{y}' if k else \"-\" + str((x, k))",
}
REFUSED = {
    "no values": "y = f'a'",
    "one value alone": "y = f'{x}'",
    "a format": "y = f'{x:3}a'",
    "its own source": "y = f'{x = }'",
}


@pytest.mark.parametrize("before", PAIRS)
def test_adds_strings(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code
