import pytest
from hypothesis import given
from hypothesis import strategies as st

from core_bench.scoring import Answer, Miss, parse_answer


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (" [1, 2]", [1, 2]),
        (" 'a == b'", "a == b"),
        ("\n{'k': (1,)}  # a comment", {"k": (1,)}),
        (" [1,\n 2]", [1, 2]),
        (" -3\nassert g(1) == 4", -3),
        (" 'a#b'", "a#b"),
        (" 7, 'message'", 7),
        (" set()", set()),
    ],
)
def test_a_continued_assertion(text, value):
    found = parse_answer(text, "start", cut_off=False)
    assert isinstance(found, Answer)
    assert found.value == value
    assert text[slice(*found.span)] == found.text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[ANSWER]\nassert f([1]) == [2]\n[/ANSWER]", [2]),
        ("[ANSWER]assert f('==') == 'x == y'", "x == y"),
        ("[ANSWER]\n5\n[/ANSWER]", 5),
        ("[ANSWER] 4 [/ANSWER] no: [ANSWER] 5 [/ANSWER]", 5),
        ("[THOUGHT] f gives [ANSWER]? [/THOUGHT]\n[ANSWER]\nassert f() == True\n[/ANSWER]", True),
        ("<think>[ANSWER]1[/ANSWER]</think>[ANSWER]2[/ANSWER]", 2),
        ("[ANSWER]\n```python\nassert f(1) == {1: 'é'}\n```\n[/ANSWER]", {1: "é"}),
        ("It runs twice.\nassert f(1) == 3\nassert f(2) == 8  # done", 8),
        ("x is 3 at last. [/THOUGHT]\n[ANSWER]\nassert x == 3\n", 3),
        ("'just a literal'", "just a literal"),
        ("```\n(1, 2)\n```", (1, 2)),
    ],
)
def test_a_tagged_answer(text, value):
    found = parse_answer(text, "tagged", cut_off=False)
    assert isinstance(found, Answer), found
    assert found.value == value
    assert text[slice(*found.span)] == found.text


@pytest.mark.parametrize(
    ("text", "place", "cut_off", "kind"),
    [
        ("", "start", False, "no_answer"),
        ("  \n ", "start", False, "no_answer"),
        ("The answer is five.", "tagged", False, "no_answer"),
        ("[ANSWER][/ANSWER]", "tagged", False, "no_answer"),
        (" [1, 2", "start", False, "not_literal"),
        (" [1, 2", "start", True, "truncated"),
        (" foo(1)", "start", False, "not_literal"),
        ("[ANSWER]assert f() == __import__('os')[/ANSWER]", "tagged", False, "not_literal"),
        ("<think>so far 3", "tagged", False, "truncated"),
        ("<think>[ANSWER]3[/ANSWER] but", "tagged", True, "truncated"),
        ("[ANSWER]assert f() == 12", "tagged", True, "truncated"),
        ("first x becomes 1, then", "tagged", True, "truncated"),
        ("[ANSWER]" + "[" * 10_000 + "[/ANSWER]", "tagged", False, "not_literal"),
        ("[ANSWER]assert f() == unquoted[/ANSWER]", "tagged", False, "not_literal"),
    ],
)
def test_a_reply_without_a_usable_answer(text, place, cut_off, kind):
    found = parse_answer(text, place, cut_off=cut_off)
    assert isinstance(found, Miss)
    assert found.kind == kind


pieces = st.sampled_from(
    ["[ANSWER]", "[/ANSWER]", "[THOUGHT]", "[/THOUGHT]", "<think>", "</think>", "assert ", " == ", "f(1)",
     "[1, 2]", "'a", "\"", "(", ")", "```python\n", "```", "\n", "\\", "\0", "é", "#", "1e999", "lambda: 1", "{"]
)  # fmt: skip


@given(st.lists(pieces | st.text(max_size=5), max_size=15).map("".join), st.sampled_from(["start", "tagged"]))
def test_no_text_breaks_the_parser(text, place):
    found = parse_answer(text, place, cut_off=False)
    if found.span is not None:
        assert text[slice(*found.span)][:500] == (found.text or "")[:500]
