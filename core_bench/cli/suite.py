"""`core-bench suite`: make, describe and look into suites."""

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from core_bench.cli import suite_audit, suite_corpus

app = typer.Typer(help="Build a suite, or look into one.", no_args_is_help=True)
app.command("audit")(suite_audit.audit)
app.command("corpus")(suite_corpus.corpus)


@app.command("build")
def build(
    out: Annotated[Path, typer.Option(help="Folder to write the suite to.")],
    name: Annotated[
        str | None, typer.Option(help="Name of the suite. [default: core-mini, or the problems' folder]")
    ] = None,
    problems: Annotated[
        Path | None, typer.Option(help="Folder of problems. [default: those that ship]")
    ] = None,
    only: Annotated[
        str | None,
        typer.Option(
            help="Ids of problems to take, split by commas. [default: all, or what the recipe lists]"
        ),
    ] = None,
    version: Annotated[str, typer.Option(help="Version that the suite carries.")] = "1",
    description: Annotated[str | None, typer.Option(help="A sentence for its card.")] = None,
    licence: Annotated[str, typer.Option(help="Licence of the problems.")] = "Apache-2.0",
    seed: Annotated[int, typer.Option(help="Decides variants and probes.")] = 1,
) -> None:
    """Verify, vary and trace problems, and write a suite. The same input gives the same bytes."""
    from core_bench.cli.progress import progress
    from core_bench.data_folder import data_folder
    from core_bench.jsonl import make_folder
    from core_bench.suites.build import Recipe, build_suite, check_name
    from core_bench.suites.problems import read_problems, recipe_problems

    folder = problems or data_folder() / "problems"
    named = name or ("core-mini" if problems is None and only is None else folder.resolve().name)
    ids = recipe_problems(data_folder(), named) if problems is None else ()
    sources = read_problems(
        folder,
        origin="core-bench" if problems is None else folder.name,
        licence=licence,
        only=ids if only is None else [part.strip() for part in only.split(",")],
    )
    ours = "Small programs written for core-bench, their variants, and probes of their states."
    recipe = Recipe(
        name=check_name(named),
        version=version,
        description=description or (ours if problems is None else f"Problems of {folder.name}."),
        seed=seed,
    )
    make_folder(out)  # now, not after a minute of work
    try:
        with progress("building", "problems") as update:
            suite = build_suite(sources, recipe, update)
    except KeyboardInterrupt:
        print(f"\nStopped; nothing was written to {out}.", file=sys.stderr)
        raise typer.Exit(130) from None
    suite.save(out)
    counts = ", ".join(f"{count} {what}" for what, count in suite.header.counts.items())
    print(f"{out}: {counts}, {len(suite.header.lite)} items in lite, hash {suite.hash[:12]}")


@app.command("info")
def info(suite: Annotated[str, typer.Argument(help="Name or path of a suite.")] = "core-mini") -> None:
    """Show what a suite holds."""
    from core_bench.cli.tables import console, counts_table
    from core_bench.suites import SPLITS, load_suite

    loaded = load_suite(suite)
    header = loaded.header
    families = Counter(program.family for program in loaded.implementations)
    dimensions: Counter[str] = Counter(dimension for probe in loaded.probes for dimension in probe.dimensions)
    transforms = Counter(link.transform for program in loaded.implementations for link in program.chain)
    rows = [
        ("suite", f"{header.name} version {header.version}"),
        ("", header.description),
        ("hash", loaded.hash),
        ("python", header.python),
        *((what, str(count)) for what, count in header.counts.items()),
        ("families", _counted(families)),
        ("transforms", _counted(transforms)),
        ("dimensions", _counted(dimensions)),
        ("queries", _counted(Counter(probe.query.kind for probe in loaded.probes))),
        *((f"split {name}", f"{len(loaded.split(name))} items") for name in SPLITS),
        ("split rule", header.split_rule),
        ("licence", ", ".join(sorted({problem.licence for problem in loaded.problems}))),
    ]
    console().print(counts_table(rows), highlight=False, markup=False)


@app.command("show")
def show(
    name: Annotated[
        str, typer.Argument(help="Id of a problem, an implementation, a sample or a probe.", metavar="ID")
    ],
    suite: Annotated[str, typer.Option(help="Name or path of a suite.")] = "core-mini",
) -> None:
    """Show one problem, implementation, sample or probe of a suite."""
    from core_bench.cli.listing import listing
    from core_bench.suites import load_suite

    print(listing(load_suite(suite), name))


def _counted(counter: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counter.most_common())
