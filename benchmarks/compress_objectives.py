"""Likelihood of gold answers for the benchmarks of `compress`: our test problems, and CRUXEval's programs."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core_bench.engines.base import AnswerScore, LikelihoodRequest
from core_bench.items import Item
from core_bench.runs import GoldScores, gold_requests
from core_bench.statistics import Difference, clustered, compare
from core_bench.suites import load_suite


@dataclass(frozen=True, slots=True)
class Questions:
    """Items with their golds; `problems` are the clusters."""

    name: str
    problems: tuple[str, ...]
    requests: tuple[LikelihoodRequest, ...]


def suite_questions(split: str, limit: int | None = None, suite: str = "core-mini") -> Questions:
    """Return items of a split of a shipped suite; a limit takes every n-th, so that all problems stay."""
    loaded = load_suite(suite)
    items = loaded.split(split)
    if limit is not None and limit < len(items):
        items = items[:: -(-len(items) // limit)]
    requests = tuple(gold_requests(items, loaded.golds))
    return Questions(f"{suite} {split}", tuple(item.problem for item in items), requests)


def cruxeval_questions(count: int) -> Questions:
    """Return the first programs of CRUXEval's output task; each is its own cluster.

    Raises:
        FileNotFoundError: there is no such data (CORE_BENCH_DATA, default ../shared/data).
    """
    folder = Path(
        os.environ.get("CORE_BENCH_DATA", Path(__file__).resolve().parent.parent.parent / "shared/data")
    )
    rows = [json.loads(line) for line in (folder / "cruxeval.jsonl").read_text(encoding="utf-8").splitlines()]
    items = [
        Item(row["id"], "sample", row["id"], "", row["code"], "f", row["input"], f"f({row['input']})")
        for row in rows[:count]
    ]
    golds = {row["id"]: row["output"] for row in rows[:count]}
    return Questions("CRUXEval-O", tuple(item.id for item in items), tuple(gold_requests(items, golds)))


def ask(folder: Path, model: Any, tokenizer: Any, questions: Questions) -> list[AnswerScore]:
    """Measure a model, which `folder` names, on questions."""
    return GoldScores(folder, tokenizer).measure(model, questions.requests)


def against(questions: Questions, before: Sequence[AnswerScore], after: Sequence[AnswerScore]) -> str:
    """Say how likelihood and exact accuracy changed, with paired intervals that are clustered by problem."""
    nats = _compare(questions, [a.nats for a in before], [a.nats for a in after])
    exact = _compare(questions, [100.0 * a.greedy for a in before], [100.0 * a.greedy for a in after])
    shares = [100 * sum(a.greedy for a in side) / len(side) for side in (before, after)]
    means = [sum(a.nats for a in side) / len(side) for side in (before, after)]
    return (
        f"{questions.name} (n={len(before)}, {len(set(questions.problems))} clusters): "
        f"gold {means[0]:.3f} -> {means[1]:.3f} nats an answer, {_text(nats)}; "
        f"exact {shares[0]:.1f} % -> {shares[1]:.1f} %, {_text(exact)} points"
    )


def _compare(questions: Questions, before: Sequence[float], after: Sequence[float]) -> Difference:
    return compare(
        clustered(zip(questions.problems, before, strict=True), bounds=None),
        clustered(zip(questions.problems, after, strict=True), bounds=None),
    )


def _text(found: Difference) -> str:
    e = found.difference
    if e.value is None or e.low is None or e.high is None:
        return "-"
    return f"{e.value:+.3f} [{e.low:+.3f}, {e.high:+.3f}], p = {found.p_value:.3f}"
