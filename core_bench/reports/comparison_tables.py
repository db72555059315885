"""What changed between a base and other runs over the same items, and how sure that is."""

from collections.abc import Mapping, Sequence

from core_bench.errors import CoreBenchError
from core_bench.reports.run_tables import HEADLINES
from core_bench.reports.table import Cell, Column, Table
from core_bench.reports.view import RunView
from core_bench.scoring import compare_runs
from core_bench.scoring.metrics import metric_clusters
from core_bench.statistics import Difference, McNemar, detectable_effect, differences, holm, mcnemar
from core_bench.suites import Suite

_RUN = Column(key="run", title="run", kind="text")
_METRICS = (*HEADLINES, "samples", "probes", "state_invariance", "faithful")
_EXAMPLES = 12
Compared = Mapping[str, Mapping[str, Difference]]
"""Run name -> metric -> the difference to the base."""


def compared(suite: Suite, base: RunView, others: Sequence[RunView]) -> Compared:
    """Return every difference, with the p-values of the headline metrics corrected over all runs.

    Raises:
        CoreBenchError: a run was asked other items, or in other epochs, than the base.
    """
    found: dict[str, dict[str, Difference]] = {}
    for other in others:
        if [item.id for item in base.items] != [item.id for item in other.items]:
            raise CoreBenchError(
                f"{other.folder} was not asked the same items as {base.folder} "
                f"({len(other.items)} and {len(base.items)})",
                "Only runs over the same split and limit can be compared.",
            )
        found[other.name] = compare_runs(suite, base.outcomes, other.outcomes)
    tested = [(run, name) for run, rows in found.items() for name in _METRICS if name in rows]
    corrected = holm({key: found[key[0]][key[1]] for key in tested})
    for run, name in tested:
        found[run][name] = corrected[run, name]
    return found


def comparison_tables(suite: Suite, base: RunView, others: Sequence[RunView], found: Compared) -> list[Table]:
    """Return the tables of a comparison, the headline first."""
    tables = [
        difference_table(base, found),
        certainty_table(suite, base, others, found),
        where_table("families", "By family of implementations (I_s)", "family", found),
        where_table("dimensions", "By dimension (probes)", "dimension", found),
        where_table("verdicts", "By verdict (share of replies)", "verdict", found),
        *(example_table(suite, base, other) for other in others),
    ]
    return [table for table in tables if table.rows]


def difference_table(base: RunView, found: Compared) -> Table:
    """Run x metric, other minus base."""
    names = [name for name in _METRICS if all(name in rows for rows in found.values())]
    return Table(
        key="differences",
        title=f"Differences to {base.name}",
        columns=(
            _RUN,
            *(
                Column(
                    key=name,
                    title=name.replace("_", " ") if name not in HEADLINES else name,
                    kind="difference",
                )
                for name in names
            ),
        ),
        rows=tuple((run, *(rows[name].difference for name in names)) for run, rows in found.items()),
        note=(
            "Points, other minus base, on the same items. In brackets: paired intervals, by problem. "
            "Coloured where the interval leaves zero out."
        ),
    )


def certainty_table(suite: Suite, base: RunView, others: Sequence[RunView], found: Compared) -> Table:
    """The tests behind the differences: clustered p-values, McNemar as a check, what could be seen at all."""
    rows: list[tuple[Cell, ...]] = []
    left = metric_clusters(suite, base.outcomes)
    for other in others:
        right = metric_clusters(suite, other.outcomes)
        items = mcnemar(_pairs(base, other))
        for name in ("RCS", "I_s", "W_s", "samples", "probes"):
            difference = found[other.name].get(name)
            if difference is None:
                continue
            seen = detectable_effect(differences(left[name], right[name]))
            rows.append(
                (
                    f"{other.name}: {name}",
                    difference.difference,
                    difference.p_value,
                    difference.adjusted,
                    None if seen is None else seen.effect,
                    None,
                    None,
                )
            )
        rows.append(
            (f"{other.name}: items, McNemar", None, items.p_value, None, None, items.lost, items.gained)
        )
    return Table(
        key="certainty",
        title="How sure",
        columns=(
            Column(key="what", title="run and metric", kind="text"),
            Column(key="difference", title="difference", kind="difference"),
            Column(key="p", title="p", kind="p"),
            Column(key="adjusted", title="p, Holm", kind="p"),
            Column(key="detectable", title="detectable", kind="share"),
            Column(key="lost", title="lost", kind="count"),
            Column(key="gained", title="gained", kind="count"),
        ),
        rows=tuple(rows),
        note=(
            "p: the paired test by problem. Holm: corrected over all runs and metrics of this page. "
            "Detectable: the difference that such a comparison finds in 80 % of repetitions. McNemar's exact "
            "test counts items as if those of a problem were independent: a check, not the verdict."
        ),
    )


def where_table(key: str, title: str, prefix: str, found: Compared) -> Table:
    """Group x run: where something was lost or gained."""
    groups = sorted(
        {
            name.removeprefix(f"{prefix}/")
            for rows in found.values()
            for name in rows
            if name.startswith(f"{prefix}/")
        }
    )
    rows = tuple(
        (
            group.replace("_", " "),
            *((row := found[run].get(f"{prefix}/{group}")) and row.difference for run in found),
        )
        for group in groups
    )
    return Table(
        key=key,
        title=title,
        columns=(
            Column(key=prefix, title=prefix, kind="text"),
            *(Column(key=run, title=run, kind="difference") for run in found),
        ),
        rows=rows,
        note="Points, other minus base.",
    )


def example_table(suite: Suite, base: RunView, other: RunView) -> Table:
    """Some items that the base had right and the other run has not, spread over problems."""
    lost: dict[str, list[str]] = {}
    for row, item in enumerate(base.items):
        if other.outcomes.share[row] < base.outcomes.share[row]:
            lost.setdefault(item.problem, []).append(item.id)
    turns = [found[turn] for turn in range(_EXAMPLES) for found in lost.values() if turn < len(found)]
    return Table(
        key=f"lost-{other.name}".replace(" ", "-"),
        title=f"Lost by {other.name}",
        columns=(
            Column(key="item", title="item", kind="text"),
            Column(key="gold", title="gold", kind="text"),
            Column(key="base", title=base.name, kind="text"),
            Column(key="other", title=other.name, kind="text"),
        ),
        rows=tuple(
            (item, _cut(suite.golds[item]), _answer(base, item), _answer(other, item))
            for item in turns[:_EXAMPLES]
        ),
        note=f"{min(len(turns), _EXAMPLES)} of {sum(map(len, lost.values()))}; all are among the items.",
    )


def items_test(base: RunView, other: RunView) -> McNemar:
    """Return McNemar's test over all items and epochs."""
    return mcnemar(_pairs(base, other))


def _pairs(base: RunView, other: RunView) -> list[tuple[bool, bool]]:
    epochs = min(len(base.outcomes.epochs), len(other.outcomes.epochs))
    left, right = base.outcomes.right[:, :epochs].ravel(), other.outcomes.right[:, :epochs].ravel()
    return [(bool(before), bool(after)) for before, after in zip(left, right, strict=True)]


def _answer(run: RunView, item: str) -> str:
    verdict = run.verdicts[item, run.outcomes.epochs[0]]
    return _cut(verdict.answer or f"({verdict.verdict.value.replace('_', ' ')})")


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 48 else f"{line[:45]}..."
