"""Judges replies: parse, then compare by value and type."""

from collections.abc import Iterable, Mapping

from core_bench.methods import AnswerPlace
from core_bench.records import Reply, Verdict, VerdictKind
from core_bench.scoring.parse import Answer, parse_answer
from tracer import comparison_key, parse_literal


def judge(reply: Reply, gold: str, place: AnswerPlace) -> Verdict:
    """Return the verdict on one reply, given the gold literal and where the answer is expected."""

    def verdict(kind: VerdictKind, answer: str | None = None, span: tuple[int, int] | None = None) -> Verdict:
        return Verdict(
            item=reply.item, method=reply.method, epoch=reply.epoch, verdict=kind, answer=answer, span=span
        )

    if reply.finish == "error":
        return verdict(VerdictKind.ENGINE_ERROR)
    if reply.finish == "refused":
        return verdict(VerdictKind.REFUSED)
    found = parse_answer(reply.text, place, cut_off=reply.finish == "length")
    if not isinstance(found, Answer):
        return verdict(VerdictKind(found.kind), found.text, found.span)
    right = comparison_key(found.value) == comparison_key(parse_literal(gold))
    return verdict(VerdictKind.CORRECT if right else VerdictKind.WRONG, found.text, found.span)


def judge_all(replies: Iterable[Reply], golds: Mapping[str, str], place: AnswerPlace) -> list[Verdict]:
    """Return a verdict for every reply, in their order."""
    return [judge(reply, golds[reply.item], place) for reply in replies]
