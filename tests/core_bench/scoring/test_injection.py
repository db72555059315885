"""Replies that attack the scorer are data: judged, shown where they stand, never run."""

import builtins

import pytest

from core_bench.records import Reply
from core_bench.scoring import judge

GOLD = "[1, 2]"
ATTACKS = {
    "an object that equals everything": "[ANSWER]\nclass A:\n    def __eq__(self, other):\n        return True\nassert f(1) == A()\n[/ANSWER]",
    "a type made in place": "[ANSWER]assert f(1) == type('A', (), {'__eq__': lambda s, o: True})()[/ANSWER]",
    "an import": "[ANSWER]assert f(1) == __import__('os').system('touch /tmp/core-bench-was-here')[/ANSWER]",
    "true whatever it is": "[ANSWER]assert f(1) == 0 or True[/ANSWER]",
    "no assertion about the call": "[ANSWER]assert True[/ANSWER]",
    "the call itself": "[ANSWER]assert f(1) == f(1)[/ANSWER]",
    "the call, computed": "[ANSWER]assert f(1) == (lambda: f(1))()[/ANSWER]",
    "a walrus": "[ANSWER]assert f(1) == (x := f(1))[/ANSWER]",
    "an eval": "[ANSWER]assert f(1) == eval('[1, 2]')[/ANSWER]",
    "a comprehension": "[ANSWER]assert f(1) == [x for x in (1, 2)][/ANSWER]",
    "an f-string": "[ANSWER]assert f(1) == f'{open(\"/etc/passwd\").read()}'[/ANSWER]",
    "a second statement": "[ANSWER]assert f(1) == [1, 2]; import os; os.abort()[/ANSWER]",
    "an exit": "[ANSWER]exit(0)[/ANSWER]",
    "a redefinition": "[ANSWER]\ndef f(x):\n    return 1\nassert f(1) == 1\n[/ANSWER]",
    "an attribute": "[ANSWER]assert f(1) == [].__class__.__mro__[/ANSWER]",
    "an await": "[ANSWER]assert f(1) == await g()[/ANSWER]",
    "unpacking": "[ANSWER]assert f(1) == [*range(10**9)][/ANSWER]",
    "a huge number": "[ANSWER]assert f(1) == 10 ** 10 ** 10[/ANSWER]",
    "a page": "[ANSWER]<script>alert(document.cookie)</script><img src=x onerror=alert(1)>[/ANSWER]",
    "a page in a string": "[ANSWER]assert f(1) == '<script>alert(1)</script>'[/ANSWER]",
    "a page instead of an answer": "<iframe srcdoc='<script>parent.x=1</script>'></iframe>",
}


@pytest.fixture
def nothing_runs(monkeypatch):
    """Fail where the scorer executes, evaluates or imports by name; the parser itself compiles to a tree only."""

    def refuse(*arguments, **more):
        raise AssertionError("the scorer executed something")

    for name in ("eval", "exec"):
        monkeypatch.setattr(builtins, name, refuse)
    monkeypatch.setattr("os.system", refuse)


@pytest.mark.parametrize("place", ["tagged", "start"])
@pytest.mark.parametrize("attack", list(ATTACKS))
def test_an_attack_is_no_right_answer(attack, place, nothing_runs):
    text = ATTACKS[attack]
    found = judge(Reply(item="x", method="io", text=text, finish="stop"), GOLD, place)
    assert found.verdict in ("wrong", "no_answer", "not_literal")
    if found.span is not None:
        assert text[slice(*found.span)] == found.answer


def test_a_page_stays_the_string_that_it_is():
    text = ATTACKS["a page in a string"]
    found = judge(
        Reply(item="x", method="io", text=text, finish="stop"), "'<script>alert(1)</script>'", "tagged"
    )
    assert (found.verdict, found.answer) == ("correct", "'<script>alert(1)</script>'")
