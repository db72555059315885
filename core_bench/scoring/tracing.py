"""First divergences of a whole run of `coc`: predicted traces beside recorded ones."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from core_bench.items import Item
from core_bench.records import Record, Reply
from core_bench.scoring.divergence import (
    Divergence,
    TraceLine,
    first_divergence,
    predicted_trace,
    true_trace,
)
from core_bench.scoring.rules import DEFAULT_RULES, ScoringRules
from core_bench.shown import agreement_on
from core_bench.statistics import DEFAULTS, Estimate, IntervalSettings, clustered, estimate
from tracer import record_calls


class ItemDivergence(Record):
    """The first divergence of one reply."""

    item: str
    epoch: int = 0
    divergence: Divergence


class TraceSummary(Record):
    """Over the samples of a run: share of traces that are right to the end, mean share of steps before the
    first wrong one, and how many replies end in which kind of divergence.
    """

    whole: Estimate
    kept: Estimate
    kinds: dict[str, int]


def trace_divergences(
    items: Sequence[Item], replies: Iterable[Reply], rules: ScoringRules = DEFAULT_RULES
) -> list[ItemDivergence]:
    """Return the first divergence of every reply to a sample; programs are recorded anew in the sandbox.

    Probes are left out: their trace may stop where the question is answered. So are samples whose program
    gives no trace, or one on which two observers differ: nobody knows what would be right there.
    """
    true = _recorded([item for item in items if item.kind == "sample"])
    return [
        ItemDivergence(
            item=reply.item,
            epoch=reply.epoch,
            divergence=first_divergence(predicted_trace(reply.text), true[reply.item], rules),
        )
        for reply in replies
        if reply.item in true
    ]


def summarise_traces(
    items: Sequence[Item], found: Sequence[ItemDivergence], settings: IntervalSettings = DEFAULTS
) -> TraceSummary:
    """Summarise divergences; the problem is the cluster, epochs are averaged within an item."""
    problems = {item.id: item.problem for item in items}
    rows: dict[str, list[Divergence]] = defaultdict(list)
    for row in found:
        rows[row.item].append(row.divergence)

    def mean(values: list[float]) -> float:
        return sum(values) / len(values)

    whole = [
        (problems[item], mean([float(row.kind == "none") for row in group])) for item, group in rows.items()
    ]
    kept = [(problems[item], mean([row.kept for row in group])) for item, group in rows.items()]
    return TraceSummary(
        whole=estimate(clustered(whole, "samples"), settings),
        kept=estimate(clustered(kept, "samples"), settings),
        kinds=dict(Counter(row.divergence.kind for row in found).most_common()),
    )


def _recorded(samples: Sequence[Item]) -> dict[str, list[TraceLine]]:
    programs: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in samples:
        programs[item.code, item.entry_point].append(item)
    found = {}
    for (code, entry_point), asked in programs.items():
        outcomes = record_calls(code, entry_point, [item.input for item in asked])
        for item, outcome in zip(asked, outcomes, strict=True):
            trace = outcome.trace
            if trace is not None and trace.cut is None and not agreement_on(trace).is_doubtful:
                found[item.id] = true_trace(trace)
    return found
