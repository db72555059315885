"""`core-bench`: the commands, and how errors reach a person."""

import os
import select
import sys
from contextlib import suppress
from typing import Annotated

import typer

from core_bench.cli import (
    compress,
    leaderboard,
    merge,
    model,
    report,
    run,
    score,
    serve_and_run,
    suite,
    trace,
    variants,
)
from core_bench.errors import CoreBenchError

app = typer.Typer(
    name="core-bench",
    help="Do language models execute code in their heads, and what is left of it after compression?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(run.run)
app.command("serve-and-run")(serve_and_run.serve_and_run)
app.command("score")(score.score)
app.command("report")(report.report)
app.command("compare")(report.compare)
app.command("submit")(leaderboard.submit)
app.add_typer(leaderboard.submission_app, name="submission")
app.add_typer(leaderboard.leaderboard_app, name="leaderboard")
app.command("merge")(merge.merge)
app.command("trace")(trace.trace)
app.add_typer(suite.app, name="suite")
app.add_typer(variants.app, name="variants")
app.add_typer(compress.app, name="compress")
app.add_typer(model.app, name="model")


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"core-bench {version('core-bench')}")
        raise typer.Exit


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    del debug, version  # `main` reads --debug wherever it stands; --version is its callback


def main() -> None:
    """Run a command; an error for people ends with exit code 2 and without a traceback."""
    debug = "--debug" in sys.argv
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    try:
        _run(arguments)
    except CoreBenchError as error:
        if debug:
            raise
        print(f"core-bench: {error}", file=sys.stderr)
        sys.exit(2)
    except Exception as error:
        if debug:
            raise
        print(
            f"core-bench: unexpected {type(error).__name__}: {error}\n"
            "This is a fault of core-bench. Run the command again with --debug to see where it happens.",
            file=sys.stderr,
        )
        sys.exit(1)


def _run(arguments: list[str]) -> None:
    """Run a command; where the reader of our output has seen enough (`| head`), end quietly with 0.

    What was written last may still be in a buffer, so that only writing it out tells. The libraries that draw
    tables and parse options end with 1 at a closed pipe, do not say why, and may have put the null device in
    its place: hence the copy of the descriptor.
    """
    output: int | None = None
    with suppress(AttributeError, OSError, ValueError):  # no standard output at all
        output = os.dup(sys.stdout.fileno())
    try:
        try:
            app(args=arguments, prog_name="core-bench")
        finally:
            if output is not None:
                sys.stdout.flush()
    except (BrokenPipeError, SystemExit) as end:
        misused = isinstance(end, SystemExit) and end.code == 2
        if misused or output is None or not _reader_left(output):
            raise
        with suppress(OSError, ValueError):  # the interpreter writes the rest out as it ends
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _reader_left(output: int) -> bool:
    """Tell whether a descriptor is that of a pipe that nobody reads any more."""
    try:
        poll = select.poll()
        poll.register(output, select.POLLOUT)
        return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))
    except (AttributeError, OSError):  # a system without `poll`
        return False
