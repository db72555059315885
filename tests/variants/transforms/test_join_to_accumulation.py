import pytest

NAME = "join_to_accumulation"
FRAME = "def f(xs, k):\n    {}\n"
CALLS = [
    ([3, 1, 2], 2),
    ([], 0),
    ("cab", 1),
    (["a", "b"], "b"),
    (["a", 1], 0),
    ("", 1),
    (None, 0),
    ({"p": 1}, 0),
]

PAIRS = {
    "return ''.join(str(x) for x in xs if x)": 'text = ""\n    for x in xs:\n        if x:\n            text += str(x)\n    return text',
    "# why\n    y = ''.join(xs)  # so\n    return y": '# why\n    text = ""  # so\n    for piece in xs:\n        text += piece\n    y = text\n    return y',
    "y = ''.join([str(x) + '-' for x in xs])\n    return y": "y = \"\"\n    for x in xs:\n        y += str(x) + '-'\n    return y",
    "return ''.join(reversed(xs))": 'text = ""\n    for piece in reversed(xs):\n        text += piece\n    return text',
}
REFUSED = {
    "a piece that is no str, and one that fails": "return ''.join(10 // x for x in xs)",
    "a separator": "return ' '.join(xs)",
    "a part of a value": "return ''.join(xs) + 'a'",
    "producing the pieces changes something": "return ''.join(xs.pop() for x in range(3))",
    "in a try": "try: y = ''.join(xs)\n    except TypeError: y = ''\n    return y",
    "a comment": "return ''.join(  # all\n        xs)",
    "lambdas over the variable": "return ''.join((lambda: x)() for x in xs)",
}


@pytest.mark.parametrize("before", PAIRS)
def test_adds_piece_by_piece(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code
