"""`core-bench suite build`: from problems, or a public benchmark, or one's own files, to a suite."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core_bench.records import LeftOut
    from core_bench.suites import Suite
    from core_bench.suites.problems import Source

_SHOWN = 5
_OURS = "Small programs written for core-bench, their variants, and probes of their states."


def build(
    out: Annotated[Path, typer.Option(help="Folder to write the suite to.")],
    source: Annotated[
        str,
        typer.Option(
            help="Where problems come from: core (ours), humaneval, mbpp, cruxeval, livecodebench, reval, or "
            "folder (Python files of your own)."
        ),
    ] = "core",
    path: Annotated[
        Path | None,
        typer.Option(
            help="File or folder of the source. [default: the Hub; for core: the problems that ship]",
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Name of the suite. [default: core-mini, or that of the source]")
    ] = None,
    problems: Annotated[
        Path | None, typer.Option(help="Folder of problem folders; the same as --source core --path.")
    ] = None,
    only: Annotated[
        str | None,
        typer.Option(
            help="Ids of problems to take, split by commas. [default: all, or what the recipe lists]"
        ),
    ] = None,
    version: Annotated[str | None, typer.Option(help="Version that the suite carries.")] = None,
    description: Annotated[str | None, typer.Option(help="A sentence for its card.")] = None,
    licence: Annotated[
        str, typer.Option(help="Licence of the problems, where the source does not say.")
    ] = "Apache-2.0",
    seed: Annotated[int | None, typer.Option(help="Decides variants, inputs and probes.")] = None,
    tests: Annotated[
        int | None, typer.Option(min=1, help="Samples of each implementation, at least.")
    ] = None,
    variants: Annotated[int | None, typer.Option(min=0, help="Variants made from each reference.")] = None,
    probes: Annotated[int | None, typer.Option(min=0, help="Probes of each implementation.")] = None,
    min_complexity: Annotated[
        int | None,
        typer.Option(
            min=1, help="Smallest cyclomatic complexity of a program. [default: 3; for your own files 1]"
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes to build with. [default: one for each core]")
    ] = None,
) -> None:
    """Verify, vary and trace problems, and write a suite. The same input gives the same bytes.

    What cannot be used is left out, and named. A build that was stopped goes on when it is run again.
    """
    from core_bench.cli.progress import progress
    from core_bench.data_folder import data_folder
    from core_bench.jsonl import make_folder
    from core_bench.suites.build import build_suite, check_name, work_folder
    from core_bench.suites.building.work import Work
    from core_bench.suites.recipe import read_recipe

    folder = problems or path
    named = check_name(name or _default_name(source, folder, only))
    sources, left_out = _read(source, folder, named, licence, only)
    recipe = read_recipe(data_folder(), named)
    changes = {
        "version": version,
        "description": description or recipe.description or _description(source, folder),
        "seed": seed,
        "tests": tests,
        "reference_variants": variants,
        "probes": probes,
        "min_complexity": min_complexity or (1 if source == "folder" else None),
    }
    recipe = replace(recipe, **{key: value for key, value in changes.items() if value is not None})  # type: ignore[arg-type]
    make_folder(out)  # now, not after a minute of work
    work = Work(work_folder(out))
    done = 0

    try:
        with progress("building", "problems") as update:

            def count(finished: int, total: int) -> None:
                nonlocal done
                done = finished
                update(finished, total)

            suite = build_suite(sources, recipe, count, workers=workers, work=work.folder, left_out=left_out)
    except KeyboardInterrupt:
        print(
            f"\nStopped; nothing was written to {out}. {done} of {len(sources)} problems are kept in "
            f"{work.folder}: run the same command again to go on.",
            file=sys.stderr,
            flush=True,
        )
        raise typer.Exit(130) from None
    suite.save(out)
    work.clear()
    _report(suite, out)


def _default_name(source: str, folder: Path | None, only: str | None) -> str:
    if source == "core":
        return "core-mini" if folder is None and only is None else (folder or Path("problems")).resolve().name
    return source if source != "folder" or folder is None else folder.resolve().name


def _description(source: str, folder: Path | None) -> str:
    if source == "core":
        return _OURS if folder is None else f"Problems of {folder.name}."
    return (
        f"Programs of {folder.resolve().name}." if source == "folder" and folder else f"Made from {source}."
    )


def _read(
    source: str, folder: Path | None, named: str, licence: str, only: str | None
) -> "tuple[tuple[Source, ...], list[LeftOut]]":
    """Return the problems of a source, and what it had to leave out itself."""
    from core_bench.data_folder import data_folder
    from core_bench.errors import CoreBenchError
    from core_bench.suites.problems import read_problems
    from core_bench.suites.recipe import recipe_problems
    from core_bench.suites.sources import BENCHMARKS, Skipped, read_benchmark, read_files

    ids = [part.strip() for part in only.split(",")] if only is not None else []
    if source == "core":
        listed = ids or (recipe_problems(data_folder(), named) if folder is None else ())
        place = folder or data_folder() / "problems"
        origin = "core-bench" if folder is None else place.resolve().name
        return read_problems(place, origin=origin, licence=licence, only=listed), []
    skipped = Skipped()
    if source == "folder":
        if folder is None:
            raise CoreBenchError("no folder is given", "Say where your Python files are (--path FOLDER).")
        found = read_files(folder, licence=licence)
    elif source in BENCHMARKS:
        found = read_benchmark(source, folder, skipped)
    else:
        known = ", ".join(("core", *BENCHMARKS, "folder"))
        raise CoreBenchError(f"there is no source {source!r}", f"Choose from {known} (--source).")
    missing = sorted(set(ids) - {row.problem.id for row in found})
    if missing:
        raise CoreBenchError(f"{source} has no problem {', '.join(missing)}")
    return tuple(row for row in found if not ids or row.problem.id in ids), skipped.rows()


def _report(suite: "Suite", out: Path) -> None:
    """Say what was built, what the reduction of the tests came to, and what was left out and why."""
    from collections import Counter

    header = suite.header
    counts = ", ".join(f"{count} {what}" for what, count in header.counts.items())
    print(f"{out}: {counts}, {len(header.lite)} items in lite, hash {suite.hash[:12]}")
    found = header.reduction
    print(
        f"tests: {found['tests']} of {found['inputs']} inputs; {found['cover']} of them cover all branches "
        f"and killed mutants; no cover has fewer than {found['bound']} (proved for {found['exact']} of "
        f"{header.counts['problems']} problems); {found['killed']} of {found['mutants']} mutants killed"
    )
    _report_doubts([row for row in header.left_out if row.what == "question"])
    others = [row for row in header.left_out if row.what != "question"]
    reasons = Counter((row.what, row.reason) for row in others)
    for (what, reason), count in sorted(reasons.items()):
        rows = [row for row in others if (row.what, row.reason) == (what, reason)]
        shown = "; ".join(f"{row.id}: {row.detail}" for row in rows[:2])
        subject = {"problem": "problems", "implementation": "implementations"}.get(what, "inputs of problems")
        print(f"left out: {count} {subject}, {reason} ({shown}{'; ...' if count > 2 else ''})")


def _report_doubts(rows: "Sequence[LeftOut]") -> None:
    """Say which questions were refused because no two observers agree on the answer."""
    from core_bench.suites.questions import described

    causes = {
        "observers differ": "the observers differ",
        "unconfirmed": "no second observer confirms the answer",
    }
    for reason, cause in causes.items():
        found = [row for row in rows if row.reason == reason]
        if found:
            print(f"{sum(row.count or 1 for row in found)} questions refused because {cause}:")
        for row in found[:_SHOWN]:
            asked = "" if row.query is None else f", {described(row.query)}"
            print(f"  {row.id} on ({row.input}){asked}: {row.detail}")
        if len(found) > _SHOWN:
            print(f"  ... and {len(found) - _SHOWN} more rows; left_out in suite.json has them all")


__all__ = ["build"]
