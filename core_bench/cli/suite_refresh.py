"""`core-bench suite refresh`: a fresh suite of the same shape."""

import sys
from pathlib import Path
from typing import Annotated

import typer


def refresh(
    out: Annotated[Path, typer.Option(help="Folder to write the fresh suite to.")],
    seed: Annotated[int, typer.Option(help="Decides names, inputs, variants and probes.")],
    suite: Annotated[str, typer.Option(help="Name or path of the suite to refresh.")] = "core-mini",
    name: Annotated[
        str | None, typer.Option(help="Name of the fresh suite. [default: the old one's with the seed]")
    ] = None,
    problems: Annotated[
        Path | None,
        typer.Option(help="Folder of problems whose inputs.py draw inputs. [default: those that ship]"),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes to build with. [default: one for each core]")
    ] = None,
) -> None:
    """Make a suite from the same problems with new variants, new inputs and new names."""
    from core_bench.cli.progress import progress
    from core_bench.data_folder import data_folder
    from core_bench.errors import CoreBenchError
    from core_bench.jsonl import make_folder
    from core_bench.suites import load_suite
    from core_bench.suites.build import work_folder
    from core_bench.suites.building.work import Work
    from core_bench.suites.refresh import overlap, refresh_suite

    old = load_suite(suite)
    folder = problems or data_folder() / "problems"
    if not folder.is_dir():
        raise CoreBenchError(f"there is no folder {folder}", "Give the folder of the problems (--problems).")
    make_folder(out)
    work = Work(work_folder(out))
    try:
        with progress("building", "problems") as update:
            fresh = refresh_suite(
                old, seed, folder, name=name, on_progress=update, workers=workers, work=work.folder
            )
    except KeyboardInterrupt:
        print(f"\nStopped; nothing was written to {out}. Run the same command to go on.", file=sys.stderr)
        raise typer.Exit(130) from None
    fresh.save(out)
    work.clear()
    counts = ", ".join(
        f"{count} {what} ({old.header.counts.get(what, 0)} before)"
        for what, count in fresh.header.counts.items()
    )
    print(f"{out}: {counts}, hash {fresh.hash[:12]}")
    shared = ", ".join(f"{count} {what}" for what, count in overlap(fresh, old).items())
    print(f"in common with {old.header.name}: {shared}")
    for row in fresh.header.left_out[:5]:
        print(f"left out: {row.id}: {row.reason} ({row.detail})")
