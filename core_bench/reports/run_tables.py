"""The tables of a report: what the paper shows, and what a reader asks next."""

from collections.abc import Callable, Mapping, Sequence

from core_bench.records import DIMENSIONS, VerdictKind
from core_bench.reports.frontiers import efficiency_table, frontier_table
from core_bench.reports.table import Cell, Column, Table
from core_bench.reports.view import RunView
from core_bench.scoring import style_heatmap
from core_bench.statistics import Estimate

HEADLINES = ("I", "I_s", "W", "W_s", "RCS", "Cons")
_FEWEST_PAIRS = 10
_RUN = Column(key="run", title="run", kind="text")
_BRACKETS = "In brackets: {level:.0%} intervals, from problems drawn anew."


def report_tables(runs: Sequence[RunView]) -> list[Table]:
    """Return every table that has something to show, the headline first."""
    tables = [
        headline_table(runs),
        frontier_table(runs),
        dimension_table(runs),
        execution_table(runs),
        style_table(runs),
        transform_table(runs),
        exposure_table(runs),
        verdict_table(runs),
        length_table(runs),
        efficiency_table(runs),
    ]
    return [table for table in tables if table.rows and len(table.columns) > 1]


def headline_table(runs: Sequence[RunView]) -> Table:
    """Method x metric: the table of the paper, with its denominators."""
    columns = [Column(key=name, title=name) for name in (*HEADLINES, "samples", "probes")]
    rows = [
        (
            run.name,
            run.manifest.method,
            *(getattr(run.summary, column.key) for column in columns),
        )
        for run in runs
    ]
    first = runs[0].summary
    return Table(
        key="headline",
        title="Results",
        columns=(_RUN, Column(key="method", title="method", kind="text"), *columns),
        rows=tuple(rows),
        note=(
            f"Percent. Means over problems ({_count(runs, lambda run: run.summary.I)} with samples, "
            f"{_count(runs, lambda run: run.summary.W)} with probes); samples and probes are plain shares "
            f"of {_count(runs, lambda run: run.summary.samples)} and "
            f"{_count(runs, lambda run: run.summary.probes)} questions. "
            + _BRACKETS.format(level=first.intervals.level)
        ),
    )


def dimension_table(runs: Sequence[RunView]) -> Table:
    """Share of right probes by dimension."""
    return _keyed(
        "dimensions",
        "Probes by dimension",
        runs,
        DIMENSIONS,
        lambda run: run.summary.by_dimension,
        "Percent of the probes that touch the dimension; a probe can touch several.",
    )


def execution_table(runs: Sequence[RunView]) -> Table:
    """Does a right output rest on right states?"""
    columns = (
        Column(key="faithful", title="faithful"),
        Column(key="superficial", title="superficial"),
        Column(key="state_invariance", title="state invariance"),
    )
    return Table(
        key="execution",
        title="Executed, or guessed?",
        columns=(_RUN, *columns),
        rows=tuple((run.name, *(getattr(run.summary, column.key) for column in columns)) for run in runs),
        note=(
            "Faithful: runs with the output and every probe right. Superficial: right outputs with a wrong "
            "state on the way. State invariance: state questions right in every implementation they were "
            "asked in."
        ),
    )


def style_table(runs: Sequence[RunView]) -> Table:
    """Who wrote the program against who reads it."""
    heat = style_heatmap({run.name: run.summary for run in runs})
    columns = tuple(Column(key=run.name, title=run.name) for run in runs)
    return Table(
        key="styles",
        title="Implementation family by model (I_s)",
        columns=(Column(key="family", title="family", kind="text"), *columns),
        rows=tuple((family, *(row.get(run.name) for run in runs)) for family, row in heat.items()),
        note="Percent of a family's implementations that are right on every test.",
    )


def transform_table(runs: Sequence[RunView]) -> Table:
    """What a rewrite costs, for transforms with pairs enough to say anything."""
    names = [
        name
        for name in _union(runs, lambda run: run.summary.transform_drop)
        if any(
            run.summary.transform_drop[name].n >= _FEWEST_PAIRS
            for run in runs
            if name in run.summary.transform_drop
        )
    ]
    return Table(
        key="transforms",
        title="What a rewrite costs",
        columns=(
            Column(key="transform", title="transform", kind="text"),
            *(Column(key=run.name, title=run.name, kind="difference") for run in runs),
        ),
        rows=tuple(
            (name.replace("_", " "), *(run.summary.transform_drop.get(name) for run in runs))
            for name in names
        ),
        note="Points lost on variants with the transform in their chain, against the original on that input. "
        f"Transforms with fewer than {_FEWEST_PAIRS} such pairs are left out.",
    )


def exposure_table(runs: Sequence[RunView]) -> Table:
    """I_s as the number of tests grows."""
    longest = max((len(run.summary.exposure.get("I_s", ())) for run in runs), default=0)
    return Table(
        key="exposure",
        title="Exposure: I_s as more tests look",
        columns=(_RUN, *(Column(key=str(tests + 1), title=f"{tests + 1}") for tests in range(longest))),
        rows=tuple(
            (run.name, *_padded([point.value for point in run.summary.exposure.get("I_s", ())], longest))
            for run in runs
        ),
        note="Percent, expected over all choices of that many tests.",
    )


def verdict_table(runs: Sequence[RunView]) -> Table:
    """What became of the replies."""
    return _keyed(
        "verdicts",
        "Verdicts",
        runs,
        [kind.value for kind in VerdictKind],
        lambda run: run.summary.verdict_shares,
        "Percent of all replies. Whatever is not correct counts as not right; nothing is left out.",
    )


def length_table(runs: Sequence[RunView]) -> Table:
    """How long replies are, and what they cost to make."""
    names = [
        name
        for name in ("prompt_tokens", "completion_tokens", "characters", "seconds")
        if any(name in run.summary.lengths for run in runs)
    ]
    columns = []
    for name in names:
        columns += [(name, "mean"), (name, "p90"), (name, "total")]
    rows: list[tuple[Cell, ...]] = []
    for run in runs:
        found = run.summary.lengths
        rows.append(
            (
                run.name,
                *(getattr(found[name], figure) if name in found else None for name, figure in columns),
            )
        )
    return Table(
        key="lengths",
        title="Lengths of the replies",
        columns=(
            _RUN,
            *(
                Column(key=f"{name}/{figure}", title=f"{name.replace('_', ' ')}, {figure}", kind="number")
                for name, figure in columns
            ),
        ),
        rows=tuple(rows),
    )


def _keyed(
    key: str,
    title: str,
    runs: Sequence[RunView],
    names: Sequence[str],
    found: Callable[[RunView], Mapping[str, Estimate]],
    note: str,
) -> Table:
    shown = [name for name in names if any(name in found(run) for run in runs)]
    return Table(
        key=key,
        title=title,
        columns=(_RUN, *(Column(key=name, title=name.replace("_", " ")) for name in shown)),
        rows=tuple((run.name, *(found(run).get(name) for name in shown)) for run in runs),
        note=note,
    )


def _union(runs: Sequence[RunView], found: Callable[[RunView], Mapping[str, Estimate]]) -> list[str]:
    return sorted({name for run in runs for name in found(run)})


def _padded(values: Sequence[float | None], length: int) -> list[float | None]:
    return [*values, *[None] * (length - len(values))]


def _count(runs: Sequence[RunView], metric: Callable[[RunView], Estimate]) -> str:
    counts = sorted({metric(run).n for run in runs})
    return str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
