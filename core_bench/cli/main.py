"""`core-bench`: the commands, and how errors reach a person."""

import sys
from typing import Annotated

import typer

from core_bench.cli import merge, model, run, score, serve_and_run, suite, trace, variants
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
app.command("merge")(merge.merge)
app.command("trace")(trace.trace)
app.add_typer(suite.app, name="suite")
app.add_typer(variants.app, name="variants")
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
        app(args=arguments, prog_name="core-bench")
    except CoreBenchError as error:
        if debug:
            raise
        print(f"core-bench: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:  # the reader of our output has seen enough
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        if debug:
            raise
        print(
            f"core-bench: unexpected {type(error).__name__}: {error}\n"
            "This is a fault of core-bench. Run the command again with --debug to see where it happens.",
            file=sys.stderr,
        )
        sys.exit(1)
