import pytest

NAME = "concatenation_to_fstring"
FRAME = 'def f(x, k):\n    y = "s"\n    {}\n    return x, k, y\n'
CALLS = [(1, 2), ("a", "b"), ("q", 1.5), ([1], None), (True, {"p": 1}), ("é", 3)]

PAIRS = {
    "y = str(x) + ': ' + y": 'y = f"{x}: {y}"',
    "y = '{' + (y + str(k)) + '\\n'": 'y = f"{{{y}{k}\\n"',
    "y = 'a' + str(x) * 2": 'y = f"a{str(x) * 2}"',
    "y = \"it's \" + str(x if k else 'a')": "y = f\"it's {x if k else 'a'}\"",
    "y += '<' + y.strip() + '>'": 'y += f"<{y.strip()}>"',
}
REFUSED = {
    "may be no str": "y = 'a' + x",
    "no literal and no str()": "y = y + y",
    "literals only": "y = 'a' + 'b'",
    "bytes": "y = b'a' + b'b'",
    "both quotes": "y = str(x + '\"' + \"'\") + 'a'",
    "a line break": "y = str('\\\\n') + y",
}


@pytest.mark.parametrize("before", PAIRS)
def test_formats_a_sum(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code
