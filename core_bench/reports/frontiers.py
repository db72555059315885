"""What did each saved byte, second and coin cost? Scores of several runs against what they take."""

import math
from collections.abc import Callable, Mapping, Sequence

from core_bench.reports.frontier import Point, pareto_front
from core_bench.reports.plots import Plot, frontier_plot
from core_bench.reports.table import Cell, Column, Table
from core_bench.reports.view import RunView
from core_bench.statistics import Estimate, clustered, estimate


def checkpoint_megabytes(run: RunView) -> float | None:
    """Return the size of the weights on disk."""
    told = run.efficiency.checkpoint_bytes if run.efficiency else None
    size = told or run.manifest.engine.environment.get("checkpoint_bytes")
    return size / 1e6 if isinstance(size, int | float) else None


def milliseconds_a_token(run: RunView) -> float | None:
    """Return how long one decoded token took; batches side by side count each."""
    rate = run.efficiency.decode_tokens_per_second if run.efficiency else None
    return 1_000 / rate if rate else None


def money(run: RunView) -> float | None:
    """Return what an API asked for the run."""
    return run.efficiency.cost if run.efficiency else None


def gold_probability(run: RunView) -> Estimate | None:
    """Return the geometric mean of the probability that the model gives a token of the gold answer.

    It moves where accuracy does not: a compressed model that gets nothing right still finds the gold more or
    less likely. None where nobody measured (`core-bench run --score loglik`).
    """
    problems = {item.id: item.problem for item in run.items}
    pairs = [
        (problems[found.item], found.logprob / found.tokens)
        for found in run.likelihoods.values()
        if found.logprob is not None and found.tokens and found.item in problems
    ]
    if not pairs:
        return None
    logs = estimate(clustered(pairs, "items", None))
    ends = (logs.value, logs.low, logs.high)
    value, low, high = (None if end is None else math.exp(end) for end in ends)
    return Estimate(value=value, low=low, high=high, n=logs.n, unit=logs.unit)


COSTS: Mapping[str, tuple[str, Callable[[RunView], float | None]]] = {
    "size": ("size, MB", checkpoint_megabytes),
    "time": ("time, ms a token", milliseconds_a_token),
    "cost": ("cost", money),
}
SCORES: Mapping[str, Callable[[RunView], Estimate | None]] = {
    "RCS": lambda run: run.summary.RCS,
    "I_s": lambda run: run.summary.I_s,
    "W_s": lambda run: run.summary.W_s,
    "gold probability": gold_probability,
}


def frontier_table(runs: Sequence[RunView]) -> Table:
    """Scores beside costs; which fronts a run is on."""
    costs = [name for name, (_, cost) in COSTS.items() if any(cost(run) is not None for run in runs)]
    scores = [name for name, score in SCORES.items() if any(score(run) is not None for run in runs)]
    fronts = {
        (score, cost): {point.name for point in pareto_front(_points(runs, score, cost))}
        for score in scores
        for cost in costs
        if _compared(runs, score, cost)
    }
    rows: list[tuple[Cell, ...]] = []
    for run in runs:
        on = [f"{score}/{cost}" for (score, cost), names in fronts.items() if run.name in names]
        rows.append(
            (
                run.name,
                *(COSTS[name][1](run) for name in costs),
                *(SCORES[name](run) for name in scores),
                ", ".join(on) or "-",
            )
        )
    return Table(
        key="frontier",
        title="Score against cost",
        columns=(
            Column(key="run", title="run", kind="text"),
            *(Column(key=name, title=COSTS[name][0], kind="number") for name in costs),
            *(Column(key=name, title=name) for name in scores),
            Column(key="fronts", title="on the front of", kind="text"),
        ),
        rows=tuple(rows) if fronts else (),
        note=(
            "A run is on a front if none that costs no more scores higher. Gold probability: geometric mean "
            "over the tokens of the right answers, in percent."
        ),
    )


def efficiency_table(runs: Sequence[RunView]) -> Table:
    """What the runs took, as far as the machine tells."""
    columns = (
        Column(key="parameters", title="parameters", kind="count"),
        Column(key="checkpoint_bytes", title="on disk", kind="bytes"),
        Column(key="resident_bytes", title="resident", kind="bytes"),
        Column(key="bits_per_weight", title="bits a weight", kind="number"),
        Column(key="peak_rss_bytes", title="peak memory", kind="bytes"),
        Column(key="peak_cuda_bytes", title="peak on the GPU", kind="bytes"),
        Column(key="load_seconds", title="load, s", kind="number"),
        Column(key="first_token_seconds", title="first token, s", kind="number"),
        Column(key="prefill_tokens_per_second", title="prefill, tokens/s", kind="number"),
        Column(key="decode_tokens_per_second", title="decode, tokens/s", kind="number"),
        Column(key="wall_seconds", title="wall, s", kind="number"),
        Column(key="cpu_seconds", title="CPU, s", kind="number"),
        Column(key="energy_joules", title="energy, J", kind="number"),
        Column(key="cost", title="cost", kind="number"),
    )
    known = [run for run in runs if run.efficiency is not None]
    told = [
        column for column in columns if any(getattr(run.efficiency, column.key) is not None for run in known)
    ]
    return Table(
        key="efficiency",
        title="What it took",
        columns=(Column(key="run", title="run", kind="text"), *told),
        rows=tuple((run.name, *(getattr(run.efficiency, column.key) for column in told)) for run in known),
        note="Measured where the run was made; times of different machines do not compare.",
    )


def run_frontiers(runs: Sequence[RunView]) -> list[Plot]:
    """Draw every score against size, and RCS against the other costs, where two runs differ in them."""
    wanted = [(score, "size") for score in SCORES] + [("RCS", "time"), ("RCS", "cost")]
    plots = []
    for score, cost in wanted:
        if _compared(runs, score, cost):
            found = [(run, told) for run in runs if (told := SCORES[score](run)) and COSTS[cost][1](run)]
            points = _points(runs, score, cost)
            plots.append(frontier_plot(points, [told for _, told in found], score, COSTS[cost][0]))
    return plots


def _points(runs: Sequence[RunView], score: str, cost: str) -> list[Point]:
    return [
        Point(run.name, price, told.value or 0.0)
        for run in runs
        if (told := SCORES[score](run)) and (price := COSTS[cost][1](run))
    ]


def _compared(runs: Sequence[RunView], score: str, cost: str) -> bool:
    return len({point.cost for point in _points(runs, score, cost)}) > 1
