import sys

import pytest

from variants import complexity, jaccard, similarity, tokens
from variants.measures import node_types


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
