"""`core-bench suite`: make, describe and look into suites."""

from collections import Counter
from typing import Annotated

import typer

from core_bench.cli.suite_build import build

app = typer.Typer(help="Build a suite, or look into one.", no_args_is_help=True)


app.command("build")(build)


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
