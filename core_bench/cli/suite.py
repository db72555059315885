"""`core-bench suite`: make, describe and look into suites."""

from typing import Annotated

import typer

from core_bench.cli import (
    suite_audit,
    suite_build,
    suite_corpus,
    suite_export,
    suite_info,
    suite_propose,
    suite_refresh,
    suite_retract,
)

app = typer.Typer(help="Build a suite, or look into one.", no_args_is_help=True)
app.command("build")(suite_build.build)
app.command("audit")(suite_audit.audit)
app.command("info")(suite_info.info)
app.command("corpus")(suite_corpus.corpus)
app.command("export")(suite_export.export)
app.command("refresh")(suite_refresh.refresh)
app.command("retract")(suite_retract.retract)
app.command("propose")(suite_propose.propose)


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
