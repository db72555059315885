"""Builds a suite from problems, several at a time; the same input gives the same bytes."""

import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from core_bench.errors import CoreBenchError
from core_bench.records import LeftOut
from core_bench.suites.building.part import Part
from core_bench.suites.building.work import Work, part_key
from core_bench.suites.building.workers import build_parts
from core_bench.suites.lite import choose_lite
from core_bench.suites.problems import SPLIT_RULE, Source, split_problems
from core_bench.suites.recipe import Recipe
from core_bench.suites.suite import FORMAT, Suite, SuiteHeader, file_texts, sha256

__all__ = ["Recipe", "build_suite", "check_name", "work_folder"]


def check_name(name: str) -> str:
    """Return a suite's name, which also names folders; raises `CoreBenchError` if it cannot."""
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", name):
        raise CoreBenchError(f"{name!r} cannot name a suite", "Use letters, digits, - _ and . (--name).")
    return name


def work_folder(out: Path) -> Path:
    """Return where a build that writes to `out` keeps what it has finished."""
    return out.parent / f"{out.name}.work"


def build_suite(
    sources: Sequence[Source],
    recipe: Recipe,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    *,
    workers: int | None = None,
    work: Path | None = None,
    left_out: Sequence[LeftOut] = (),
) -> Suite:
    """Build a suite; what cannot be used is left out and named in its header.

    Args:
        sources: the problems.
        recipe: what decides the suite besides them.
        on_progress: is told (problems done, problems in all).
        workers: processes to build with; as many as there are cores by default.
        work: folder that keeps finished problems until the suite is saved; none by default.
        left_out: what the source itself had to leave out.

    Raises:
        CoreBenchError: no problem is left, or a worker was killed.
    """
    kept = Work(work) if work is not None else None
    keys = [part_key(source, recipe) for source in sources]
    parts: dict[int, Part] = {}
    if kept is not None:
        parts = {place: part for place, key in enumerate(keys) if (part := kept.find(key)) is not None}
    missing = [place for place in range(len(sources)) if place not in parts]
    on_progress(len(parts), len(sources))
    count = workers or os.cpu_count() or 1
    for index, part in build_parts([sources[place] for place in missing], recipe, count):
        parts[missing[index]] = part
        if kept is not None:
            kept.keep(keys[missing[index]], part)
        on_progress(len(parts), len(sources))
    return _assembled([parts[place] for place in range(len(sources))], recipe, left_out)


def _assembled(parts: Sequence[Part], recipe: Recipe, left_out: Sequence[LeftOut]) -> Suite:
    rows = [*left_out, *(row for part in parts for row in part.left_out)]
    usable, twice = _without_copies(parts)
    rows += twice
    if not usable:
        reasons = "; ".join(f"{row.id}: {row.reason} ({row.detail})" for row in rows[:3])
        raise CoreBenchError("no problem is left that a suite could hold", f"The first reasons: {reasons}")
    splits = split_problems([part.problem.id for part in usable if part.problem is not None])
    problems = tuple(
        part.problem.model_copy(update={"split": splits[part.problem.id]})
        for part in usable
        if part.problem is not None
    )
    implementations = tuple(row for part in usable for row in part.implementations)
    samples = tuple(row for part in usable for row in part.samples)
    probes = tuple(row for part in usable for row in part.probes)
    reduction: Counter[str] = Counter()
    for part in usable:
        reduction.update(part.reduction)
    texts = file_texts(problems, implementations, samples, probes)
    header = SuiteHeader(
        format=FORMAT if any(row.what == "question" for row in rows) else FORMAT - 1,
        name=recipe.name,
        version=recipe.version,
        description=recipe.description,
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        split_rule=SPLIT_RULE,
        parameters=recipe.parameters,
        counts={
            "problems": len(problems),
            "implementations": len(implementations),
            "samples": len(samples),
            "probes": len(probes),
        },
        lite=choose_lite(problems, samples, probes),
        files={name: sha256(text) for name, text in texts.items()},
        reduction=dict(reduction),
        left_out=tuple(rows),
        origins={problem.origin: problem.licence for problem in problems},
    )
    return Suite(header, problems, implementations, samples, probes)


def _without_copies(parts: Sequence[Part]) -> tuple[list[Part], list[LeftOut]]:
    """Leave out a problem whose reference is the very text of an earlier problem's."""
    seen: dict[str, str] = {}
    usable: list[Part] = []
    rows: list[LeftOut] = []
    for part in parts:
        if part.problem is None:
            continue
        first = part.implementations[0]
        earlier = seen.setdefault(first.code, part.problem.id)
        if earlier == part.problem.id:
            usable.append(part)
        else:
            detail = f"{first.id} is the same program as that of {earlier}"
            rows.append(LeftOut(what="problem", id=part.problem.id, reason="duplicate", detail=detail))
    return usable, rows
