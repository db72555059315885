"""Scores replies to a public benchmark twice: as its own scorer does, and by our rules."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from core_bench.records import Record, Reply, VerdictKind
from core_bench.scoring.comparison import same_value
from core_bench.scoring.folding import folded_value
from core_bench.scoring.passk import pass_at_k
from core_bench.scoring.places import judge_anywhere
from core_bench.scoring.published.assertion import Passed, assertion_passes
from core_bench.scoring.published.programs import FailedCallError, PendingCallError, Programs
from core_bench.scoring.published.work import Question, Work
from core_bench.scoring.rules import DEFAULT_RULES, ScoringRules
from core_bench.statistics import DEFAULTS, Estimate, IntervalSettings, clustered, estimate
from tracer import LiteralError, parse_expression, parse_literal

_RAW = re.compile(r"\[ANSWER\]|^\s*assert\b.*==", re.MULTILINE)


class Difference(Record):
    """A reply that the published scorer and ours judge differently, and why.

    `published` is None where the published scorer leaves the reply out of its denominator.
    """

    id: str
    epoch: int
    reply: str
    gold: str
    published: bool | None
    ours: VerdictKind
    reason: str


class PublishedScore(Record):
    """Shares (0..1) of a benchmark's replies: `published` by its own rules, `ours` by ours.

    `reported` are the figures that the file came with, in percent; `left_out` counts replies that the
    published scorer drops from its denominator; `results` are its verdicts by sample.
    """

    benchmark: str
    direction: str
    samples: int
    replies: int
    published: dict[str, Estimate]
    ours: dict[str, Estimate]
    reported: dict[str, float]
    verdicts: dict[str, int]
    left_out: int
    results: dict[str, tuple[bool, ...]]
    differences: tuple[Difference, ...]


class _Judged(NamedTuple):
    question: Question
    epoch: int
    text: str
    published: bool | None
    ours: VerdictKind
    reason: str | None


def score_published(
    work: Work, rules: ScoringRules = DEFAULT_RULES, settings: IntervalSettings = DEFAULTS
) -> PublishedScore:
    """Score every reply both ways; programs of the benchmark run only where a reply calls one."""
    programs = Programs()
    # The first pass finds which calls of the programs have to be made; they are then made together.
    judged = list(_judged(work, rules, programs))
    if programs.run():
        judged = list(_judged(work, rules, programs))
    by_sample: dict[str, list[_Judged]] = {}
    for row in judged:
        by_sample.setdefault(row.question.id, []).append(row)
    published = {name: _published(rows, work) for name, rows in by_sample.items()}
    ours = {name: [row.ours is VerdictKind.CORRECT for row in rows] for name, rows in by_sample.items()}
    clusters = {question.id: question.cluster for question in work.questions}
    most = max((len(rows) for rows in ours.values()), default=0)

    def pass_at(results: dict[str, list[bool]]) -> dict[str, Estimate]:
        return {
            f"pass@{k}": estimate(
                clustered(
                    (
                        (clusters[name], pass_at_k(len(rows), sum(rows), k) if rows else 0.0)
                        for name, rows in results.items()
                    ),
                    "samples",
                ),
                settings,
            )
            for k in (1, 5)
            if k <= most
        }

    dropping = work.echo != "wrong"
    counts = Counter(row.ours for row in judged)
    return PublishedScore(
        benchmark=work.benchmark,
        direction=work.direction,
        samples=len(by_sample),
        replies=len(judged),
        published=pass_at(published),
        ours=pass_at(ours),
        reported=work.published,
        verdicts={kind.value: counts[kind] for kind in VerdictKind},
        left_out=len(judged) - sum(map(len, published.values())),
        results={name: tuple(rows) for name, rows in published.items()},
        differences=tuple(
            _difference(row, dropping)
            for row in judged
            if _counts_as(row, dropping) is not (row.ours is VerdictKind.CORRECT)
        ),
    )


def _judged(work: Work, rules: ScoringRules, programs: Programs) -> Iterator[_Judged]:
    for question in work.questions:
        gold = parse_literal(question.gold)
        seen: dict[str, tuple[bool | None, VerdictKind, str | None]] = {}
        for epoch, text in enumerate(work.replies.get(question.id, ())):
            if text not in seen:
                passed, reason = _published_verdict(work, question, text, programs)
                if work.direction == "output":
                    ours = _our_output(question, text, rules)
                else:
                    ours = _our_input(question, gold, text, rules, programs)
                seen[text] = passed, ours, reason
            yield _Judged(question, epoch, text, *seen[text])


def _published_verdict(
    work: Work, question: Question, text: str, programs: Programs
) -> tuple[bool | None, str | None]:
    """Return True, False, or None for a reply that repeats the call, with the reason."""

    def call(node: ast.Call) -> object:
        return programs.value(question.code, question.entry_point, node, generous=True)

    answer = extracted(text)
    if work.direction == "input":
        if f"{question.entry_point}(" not in answer:
            return False, "it calls nothing"
    elif question.call and question.call in answer:
        return None, "it repeats the call"
    try:
        passed: Passed = assertion_passes(question.gold, answer, call)
    except PendingCallError:
        return False, None
    return passed.passed, passed.reason


def extracted(text: str) -> str:
    """Return the answer in a raw reply as CRUXEval cuts it out: between the first two `==`.

    What is an answer already (as in published generation files) stays as it is.
    """
    if not _RAW.search(text):
        return text
    answer = text.split("[ANSWER]", 1)[-1].split("[/ANSWER]", 1)[0]
    return answer.split("==")[1].strip() if "==" in answer else answer.strip()


def _our_output(question: Question, text: str, rules: ScoringRules) -> VerdictKind:
    reply = Reply(item=question.id, method="published", text=text, finish="stop")
    return judge_anywhere(reply, question.gold, rules).verdict


def _our_input(
    question: Question, gold: object, text: str, rules: ScoringRules, programs: Programs
) -> VerdictKind:
    """Judge predicted arguments by what the program returns for them."""
    try:
        node = parse_expression(extracted(text).strip())
        if not isinstance(node, ast.Call):
            return VerdictKind.NO_ANSWER
        value = programs.value(question.code, question.entry_point, node, generous=False)
    except (PendingCallError, FailedCallError):
        return VerdictKind.WRONG
    except LiteralError:
        return VerdictKind.NOT_LITERAL
    return VerdictKind.CORRECT if same_value(value, gold, rules) else VerdictKind.WRONG


def _published(rows: list[_Judged], work: Work) -> list[bool]:
    """Return the results that the published scorer keeps of one sample."""
    kept = [row.published for row in rows if row.published is not None]
    dropping = work.echo == "dropped always" or (work.echo == "dropped" and True in kept)
    return kept if dropping else [bool(row.published) for row in rows]


def _counts_as(row: _Judged, dropping: bool) -> bool | None:
    return row.published if dropping else bool(row.published)


def _difference(row: _Judged, dropping: bool) -> Difference:
    return Difference(
        id=row.question.id,
        epoch=row.epoch,
        reply=row.text,
        gold=row.question.gold,
        published=_counts_as(row, dropping),
        ours=row.ours,
        reason=_reason(row),
    )


def _reason(row: _Judged) -> str:
    if row.published is None:
        return "it repeats the call, which the published scorer does not count as an answer"
    if not row.published:
        return f"the published scorer cannot pass it: {row.reason or 'its value is another one'}"
    if row.ours is VerdictKind.WRONG:
        return "equal under Python's ==, of another type"
    if _foldable(extracted(row.text)):
        return "an expression that the published scorer evaluates and ours does not fold"
    return "the published scorer executes more than a literal here"


def _foldable(text: str) -> bool:
    try:
        folded_value(parse_expression(text.strip()), generous=True)
    except LiteralError:
        return False
    return True
