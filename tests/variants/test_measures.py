import io
import re
import sys
import tokenize
from pathlib import Path

import pytest

from variants import complexity, jaccard, similarity, tokens
from variants.measures import node_types

PROBLEMS = Path(__file__).parents[2] / "data" / "problems"


def test_tokens_are_what_python_reads_and_words_what_people_see():
    code = 'def f(a):\n    # twice\n    return a + a  # a "b"\n'
    assert tokens(code) == {"def", "f", "(", "a", ")", ":", "return", "+"}
    assert tokens(code, "word") == {"def", "f", "a", "twice", "return", "b"}


def test_an_f_string_is_one_token_on_every_minor():
    code = (
        "x = f'{a!r:>{width}} and {f\"{b}\"}' + 'c'\n"
        if sys.version_info >= (3, 12)
        else "x = f'{a!r:>{w}}' + 'c'\n"
    )
    found = tokens(code)
    assert len(found) == 5
    assert any(token.startswith("f'") for token in found)


@pytest.mark.parametrize(
    ("left", "right", "expected"), [("ab", "ab", 1.0), ("ab", "cd", 0.0), ("abc", "bcd", 0.5), ("", "", 1.0)]
)
def test_jaccard(left, right, expected):
    assert jaccard(frozenset(left), frozenset(right)) == expected


def test_renaming_moves_tokens_and_not_nodes():
    like = similarity("def f(a):\n    return a\n", "def f(b):\n    return b\n")
    assert like.tokenize < 1
    assert like.nodes == 1


def test_complexity_is_that_of_the_most_complex_block():
    assert complexity("x = 1\n") == 1
    assert complexity("def f(a):\n    return a\n") == 1
    assert complexity("def f(a):\n    if a:\n        return 1\n    return 2\n\n\ndef g():\n    pass\n") == 2
    # A class counts one more than its only method.
    assert complexity("class C:\n    def m(self, a):\n        return 1 if a else 2\n") == 3


def test_node_types_tell_operators_apart():
    assert "Add" in node_types("a + b")
    assert "Sub" not in node_types("a + b")


TRICKY = r'''
a = 0x_1F + 0b1_0 + 0o17 + 1_000 + 1. + .5 + 1e5 + 1.5e-3j + 2j + 1.e+2
b = "a\"b#c" 'it''s' "" '' r"\d" rb'\x' Rb"y" u'z' b"""two "
lines""" """say ""hi"" \""" """ '\
'
c = a.b[1:2, ...] @ d // e ** f >> g << h -> i if a != b else c <= d >= e  # f"{x}"
def f(x, /, *y: int, **z) -> None: x //= 2; x >>= 1; x **= 3; x @= y; x |= (n := 1) & ~2 ^ 3
é = "ü" \
    + 'x'
'''


def test_finds_the_tokens_that_pythons_tokenizer_finds():
    counted = {tokenize.NAME, tokenize.OP, tokenize.NUMBER, tokenize.STRING}
    sources = [TRICKY, *(path.read_text() for path in PROBLEMS.glob("*/*.py"))]
    assert len(sources) > 100
    for source in sources:
        if sys.version_info >= (3, 12) and re.search(r"[fF][rR]?['\"]", source):
            continue  # an f-string comes in parts there
        found = tokenize.generate_tokens(io.StringIO(source).readline)
        assert tokens(source) == {one.string for one in found if one.type in counted}
