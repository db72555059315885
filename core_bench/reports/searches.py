"""Compression searches, read from their folders and sorted into kinds: all that differs but the seed."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core_bench.errors import CoreBenchError

if TYPE_CHECKING:
    from compress.search.evaluations import Evaluated
    from compress.search.study import Study


@dataclass(frozen=True)
class SearchView:
    """One search.

    Attributes:
        kind: strategy, and whatever else tells it from the other searches of a report, but not the seed.
        study: what was asked.
        rows: its plans at the main fidelity that did not fail, in the order in which they were measured.
        everything: all rows, lower fidelities and failures included.
    """

    kind: str
    study: "Study"
    rows: "tuple[Evaluated, ...]"
    everything: "tuple[Evaluated, ...]"

    @property
    def seconds(self) -> list[float]:
        """Seconds booked up to and with each of `rows`: objective, strategy and sensitivities."""
        total, found = 0.0, []
        wanted = {row.number for row in self.rows}
        for row in self.everything:
            total += row.seconds + row.thought
            if row.number in wanted:
                found.append(total)
        return found

    @property
    def best(self) -> "Evaluated":
        """The plan with the least loss."""
        return min(self.rows, key=lambda row: row.point)


def read_searches(folders: Sequence[Path]) -> list[SearchView]:
    """Read searches that can be compared.

    Raises:
        CoreBenchError: they are of different bases, objectives, fidelities or budgets, or one has no plan.
        CompressError: a folder holds no search.
    """
    from compress.search.evaluations import measured, read_evaluations
    from compress.search.study import read_study

    studies = [read_study(folder) for folder in folders]
    for name in ("base", "objective", "fidelity", "budget"):
        if any(getattr(study, name) != getattr(studies[0], name) for study in studies):
            raise CoreBenchError(
                f"the searches cannot be compared: their {name} differs", "Report on each kind apart."
            )
    known = {
        _space_of(study): losses
        for folder, study in zip(folders, studies, strict=True)
        if study.prior and (losses := read_losses(folder)) is not None
    }
    found = []
    for folder, study in zip(folders, studies, strict=True):
        everything = read_evaluations(folder / "evaluations.jsonl")
        everything = with_proxies(everything, known.get(_space_of(study)))
        rows = measured(everything, study.fidelity)
        if not rows:
            raise CoreBenchError(f"{folder} has no measured plan", "Let it search first.")
        found.append(SearchView(kind_of(study, studies), study, tuple(rows), tuple(everything)))
    return sorted(found, key=lambda view: (view.kind != "random", view.kind, view.study.seed))


def with_proxies(rows: "Sequence[Evaluated]", losses: Sequence[Sequence[float]] | None) -> "list[Evaluated]":
    """Return rows with the sum of sensitivities, as another search of the same space has measured them.

    Random search never asks for it, and only its plans are random ones: on them the sum is judged best.
    """
    if losses is None:
        return list(rows)
    return [
        row.model_copy(update={"proxy": sum(c[i] for c, i in zip(losses, row.code, strict=True))})
        for row in rows
    ]


def read_losses(folder: Path) -> list[list[float]] | None:
    """Return what a search has measured of sensitivities; None where it did not."""
    try:
        found = json.loads((folder / "sensitivity.json").read_bytes())["losses"]
        return [list(map(float, row)) for row in found]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _space_of(study: "Study") -> str:
    return study.options.model_dump_json() + study.plan.hash()


def kind_of(study: "Study", among: "Sequence[Study]") -> str:
    """Return what a search is called: its strategy, then what most others of the report have otherwise."""
    parts = [study.strategy]
    if not study.prior:
        parts.append("no importance")
    parts += [f"{name}={value:g}" for name, value in sorted(study.settings.items())]
    for name in ("bits", "ranks", "widths", "droppable", "tied", "blocks"):
        value = getattr(study.options, name)
        usual = Counter(getattr(other.options, name) for other in among).most_common(1)[0][0]
        if value != usual:
            told = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
            parts.append(f"{name} {told or 'none'}")
    return ", ".join(parts)


def by_kind(views: Sequence[SearchView]) -> dict[str, list[SearchView]]:
    """Return kind -> its searches by seed."""
    found: dict[str, list[SearchView]] = {}
    for view in views:
        found.setdefault(view.kind, []).append(view)
    return found


def reference_point(views: Sequence[SearchView]) -> tuple[float, float]:
    """Return (loss, bytes) a tenth of the range beyond the worst of the joint front.

    A loss of more than twice the least one counts for nothing: at 2 bits models say noise, and which search
    has the least noisy noise must not decide.
    """
    from compress.search.front import front_of

    points = [row.point for view in views for row in view.rows]
    joint = [points[index] for index in front_of(points)]
    ends = [(max(p[i] for p in joint), min(p[i] for p in joint)) for i in (0, 1)]
    loss, size = (high + 0.1 * ((high - low) or abs(high)) for high, low in ends)
    return min(loss, 2 * ends[0][1]) if ends[0][1] > 0 else loss, size


def volume_curve(view: SearchView, reference: tuple[float, float]) -> list[float]:
    """Return the hypervolume after each plan, as a share of the box from 0 to the reference point."""
    from compress.search.front import hypervolume

    box = reference[0] * reference[1]
    points = [row.point for row in view.rows]
    return [hypervolume(points[: count + 1], reference) / box for count in range(len(points))]
