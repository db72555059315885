"""Judges a reply of which nobody knows whether it continues a prompt or stands on its own."""

from core_bench.records import Reply, Verdict, VerdictKind
from core_bench.scoring.rules import DEFAULT_RULES, ScoringRules
from core_bench.scoring.verdicts import judge

_OWN_FORM = ("assert", "```", "{", "<")
_NO_VALUE = (VerdictKind.NO_ANSWER, VerdictKind.NOT_LITERAL)


def judge_anywhere(reply: Reply, gold: str, rules: ScoringRules = DEFAULT_RULES) -> Verdict:
    """Judge a reply as a tagged one if it looks like that, else as one that continues `assert f(1) ==`.

    Where the first way finds no value, the second one is tried.
    """
    tagged = "[ANSWER]" in reply.text or reply.text.lstrip().startswith(_OWN_FORM)
    first = judge(reply, gold, "tagged" if tagged else "start", rules)
    if first.verdict not in _NO_VALUE:
        return first
    again = judge(reply, gold, "start" if tagged else "tagged", rules)
    return first if again.verdict in _NO_VALUE else again
