"""Judges replies: parse, then compare by value and type."""

from collections.abc import Iterable, Mapping

from core_bench.methods import AnswerPlace
from core_bench.records import Reply, Verdict, VerdictKind
from core_bench.scoring.comparison import same_value
from core_bench.scoring.parse import Answer, Miss, parse_answer
from core_bench.scoring.rules import DEFAULT_RULES, ScoringRules
from tracer import parse_literal


def judge(reply: Reply, gold: str, place: AnswerPlace, rules: ScoringRules = DEFAULT_RULES) -> Verdict:
    """Return the verdict on one reply, given the gold literal and where the answer is expected."""
    return _judge(reply, parse_literal(gold), place, rules)


def judge_all(
    replies: Iterable[Reply],
    golds: Mapping[str, str],
    place: AnswerPlace,
    rules: ScoringRules = DEFAULT_RULES,
) -> list[Verdict]:
    """Return a verdict for every reply, in their order."""
    values: dict[str, object] = {}
    verdicts = []
    for reply in replies:
        if reply.item not in values:
            values[reply.item] = parse_literal(golds[reply.item])
        verdicts.append(_judge(reply, values[reply.item], place, rules))
    return verdicts


def _judge(reply: Reply, gold: object, place: AnswerPlace, rules: ScoringRules) -> Verdict:
    if reply.finish == "error":
        return _verdict(reply, VerdictKind.ENGINE_ERROR)
    if reply.finish == "refused":
        return _verdict(reply, VerdictKind.REFUSED)
    unwrap = not (isinstance(gold, dict) and "answer" in gold)
    found = parse_answer(reply.text, place, cut_off=reply.finish == "length", rules=rules, unwrap=unwrap)
    if isinstance(found, Answer):
        right = same_value(found.value, gold, rules)
        return _verdict(reply, VerdictKind.CORRECT if right else VerdictKind.WRONG, found)
    if rules.unquoted_strings and isinstance(gold, str) and _unquoted(found) == gold:
        return _verdict(reply, VerdictKind.CORRECT, found)
    return _verdict(reply, VerdictKind(found.kind), found)


def _unquoted(miss: Miss) -> str | None:
    return miss.text if miss.kind == "not_literal" else None


def _verdict(reply: Reply, kind: VerdictKind, found: Answer | Miss | None = None) -> Verdict:
    return Verdict(
        item=reply.item,
        method=reply.method,
        epoch=reply.epoch,
        verdict=kind,
        answer=found.text if found else None,
        span=found.span if found else None,
        rule=found.rule if found else None,
    )
