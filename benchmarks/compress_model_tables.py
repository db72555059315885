"""The tables of `compress_search_model`: what plans are worth on text and problems that no search saw."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.compress_objectives import Questions
from compress.search.evaluations import Evaluated
from compress.search.front import front_of, hypervolume
from core_bench.statistics import clustered, compare, estimate

_DRAWS = 4000


@dataclass(frozen=True, slots=True)
class Tested:
    """What a plan loses on held-out modules and test problems.

    Attributes:
        nats: by module, summed over its predicted tokens.
        tokens: by module.
        gold: nats of every gold answer; None where it was not asked.
    """

    nats: list[float]
    tokens: list[int]
    gold: list[float] | None

    @property
    def nll(self) -> float:
        """Mean nats per token."""
        return sum(self.nats) / sum(self.tokens)


def table(
    bits: float,
    budget: int,
    runs: dict[str, list[list[Evaluated]]],
    tested: dict[str, list[Tested]],
    below: Tested,
    whole: Tested,
    questions: Questions,
) -> str:
    """Return the table of one budget as Markdown."""
    evaluations = max(len(rows) for rows in runs["random"])
    lines = [
        f"{bits} bits per weight ({budget / 1e6:.2f} MB), {len(runs['random'])} seeds, {evaluations} "
        f"evaluations. Held-out modules: {whole.nll:.4f} nats per token at 16 bits, {below.nll:.4f} for the "
        f"largest plan below the budget with one width everywhere ({len(below.tokens)} modules, "
        f"{sum(below.tokens):,} tokens; gold: {len(questions.requests)} items of "
        f"{len(set(questions.problems))} test problems). Intervals: 95 %, modules "
        "or problems are drawn; the seed with the least loss in its search.",
        "",
        "| strategy | loss in the search, mean (least to most) over seeds | held-out, mean over seeds "
        "| minus greedy, held-out | share of the gap closed | gold minus greedy, nats an answer "
        "| evaluations to random's hypervolume | s booked |",
        "|---|---|---|---|---|---|---|---|",
    ]
    reached = evaluations_needed(runs)
    for name, searches in runs.items():
        least = [min(row.point[0] for row in rows) for rows in searches]
        first = int(np.argmin(least))
        mine, greedy = tested[name][first], tested["greedy"][0]
        seconds = np.mean([sum(row.seconds + row.thought for row in rows) for rows in searches])
        spread = f" ({min(least):.4f} to {max(least):.4f})" if len(least) > 1 else ""
        lines.append(
            f"| {name} | {np.mean(least):.4f}{spread} | {np.mean([one.nll for one in tested[name]]):.4f} "
            f"| {'' if name == 'greedy' else difference(greedy, mine)} | {closed(below, mine, whole)} "
            f"| {'' if name == 'greedy' else gold_difference(questions, greedy, mine)} "
            f"| {reached.get(name, '')} | {seconds:.0f} |"
        )
    return "\n".join(lines)


def difference(base: Tested, other: Tested) -> str:
    """Return other minus base in nats per token, modules drawn with replacement."""
    gaps, sizes = np.array(other.nats) - np.array(base.nats), np.array(base.tokens)
    value = gaps.sum() / sizes.sum()
    if not gaps.any():
        return f"{value:+.4f} (the same plan)"
    drawn = _drawn(len(sizes))
    low, high = np.quantile((drawn @ gaps) / (drawn @ sizes), (0.025, 0.975))
    return f"{value:+.4f} [{low:+.4f}, {high:+.4f}]"


def closed(below: Tested, mine: Tested, whole: Tested) -> str:
    """Return the share of the gap from the uniform plan to 16 bits, modules drawn with replacement."""
    gain, gap = (np.array(below.nats) - np.array(one.nats) for one in (mine, whole))
    drawn = _drawn(len(gap))
    low, high = np.quantile((drawn @ gain) / (drawn @ gap), (0.025, 0.975))
    return f"{gain.sum() / gap.sum():.0%} [{low:.0%}, {high:.0%}]"


def gold_difference(questions: Questions, base: Tested, other: Tested) -> str:
    """Return other minus base in nats per gold answer, clustered by problem."""
    if base.gold is None or other.gold is None:
        return "-"
    e = compare(
        clustered(zip(questions.problems, base.gold, strict=True), bounds=None),
        clustered(zip(questions.problems, other.gold, strict=True), bounds=None),
    ).difference
    if e.value is None or e.low is None or e.high is None:
        return "-"
    return f"{e.value:+.3f} [{e.low:+.3f}, {e.high:+.3f}]"


def evaluations_needed(runs: dict[str, list[list[Evaluated]]]) -> dict[str, str]:
    """Return, by strategy, how many evaluations reach the final hypervolume of random at the same seed."""
    points = [row.point for searches in runs.values() for rows in searches for row in rows if row.loss]
    joint = np.array([points[index] for index in front_of(points)])
    worst = joint.max(0) + 0.1 * np.ptp(joint, axis=0)
    # As in the report: more than twice the least loss is noise, and counts for nothing.
    reference = (min(float(worst[0]), 2 * float(joint.min(0)[0])), float(worst[1]))
    found = {}
    for name, searches in runs.items():
        if len(searches) != len(runs["random"]):
            continue
        counts = []
        for rows, chance in zip(searches, runs["random"], strict=True):
            goal = hypervolume([row.point for row in chance], reference)
            steps = (n for n in range(1, len(rows) + 1) if _volume(rows[:n], reference) >= goal)
            counts.append(float(next(steps, np.inf)))
        finite = [count for count in counts if np.isfinite(count)]
        mean = estimate(clustered(((str(n), c) for n, c in enumerate(finite)), bounds=None))
        told = f"{mean.value:.0f}" if finite else "never"
        found[name] = told if len(finite) == len(counts) else f"{told} ({len(finite)} of {len(counts)} seeds)"
    return found


def _volume(rows: Sequence[Evaluated], reference: tuple[float, float]) -> float:
    return hypervolume([row.point for row in rows], reference)


def _drawn(count: int) -> np.ndarray:
    """Return how often each of `count` clusters is drawn in each world, [worlds, clusters]."""
    found: np.ndarray = np.random.default_rng(0).multinomial(count, np.full(count, 1 / count), size=_DRAWS)
    return found
