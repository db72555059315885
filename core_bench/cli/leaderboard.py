"""`core-bench submit`, `submission check` and `leaderboard build`: from a run to a board."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

submission_app = typer.Typer(
    help="Check a submission, or print the schema that it follows.", no_args_is_help=True
)
leaderboard_app = typer.Typer(help="Build the board as a static site, or look at it.", no_args_is_help=True)

_SUITE = typer.Option(help="Name or path of the suite, if it is none of the shipped ones.")


def submit(
    runs: Annotated[list[Path], typer.Argument(help="Complete runs of one suite.", metavar="RUN...")],
    out: Annotated[Path, typer.Option(help="The bundle to write; its name ends in .zip.")],
    name: Annotated[str | None, typer.Option(help="Name of the model.")] = None,
    organisation: Annotated[str | None, typer.Option(help="Who made it.")] = None,
    access: Annotated[Literal["open", "api"] | None, typer.Option(help="Can the weights be had?")] = None,
    licence: Annotated[str | None, typer.Option(help="Licence of the weights, or terms of the API.")] = None,
    contact: Annotated[str | None, typer.Option(help="An address for questions.")] = None,
    parameters: Annotated[int | None, typer.Option(help="Number of weights.")] = None,
    base_model: Annotated[str | None, typer.Option(help="What it was made from.")] = None,
    compression_plan: Annotated[
        str | None, typer.Option(help="Hash of the plan, if it was compressed.")
    ] = None,
    notes: Annotated[str, typer.Option(help="What a reader should know.")] = "",
    suite: Annotated[str | None, _SUITE] = None,
) -> None:
    """Put runs into one file for a leaderboard. At a terminal, what is missing is asked for."""
    from datetime import UTC, datetime

    from core_bench.errors import CoreBenchError
    from core_bench.jsonl import make_folder
    from core_bench.leaderboard import make_submission

    if out.suffix != ".zip":
        raise CoreBenchError(f"{out} does not end in .zip", "Boards collect *.zip: --out NAME.zip")
    given = {
        "name": name,
        "organisation": organisation,
        "access": access,
        "licence": licence,
        "contact": contact,
    }
    told = _completed(given)
    card = {key: value for key, value in told.items() if key != "contact"}
    submission, bundle = make_submission(
        runs,
        {
            **card,
            "parameters": parameters,
            "base_model": base_model,
            "compression_plan": compression_plan,
            "notes": notes,
        },
        contact=told["contact"],
        created=datetime.now(UTC).date().isoformat(),
        suite=suite,
    )
    make_folder(out.parent)
    draft = out.with_name(f".{out.name}.draft")
    try:
        draft.write_bytes(bundle)
        draft.replace(out)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise CoreBenchError(f"{out} cannot be written: {error.strerror}") from None
    print(f"{out}: {len(submission.runs)} run(s) of {submission.model.name}, {len(bundle):,} bytes")
    print(f"Check it as a maintainer will:  core-bench submission check {out}")


def _completed(given: dict[str, str | None]) -> dict[str, str]:
    """Ask for what was not given, if somebody is there to ask."""
    from core_bench.errors import CoreBenchError
    from core_bench.leaderboard import CARD_FIELDS

    missing = [key for key, value in given.items() if value is None]
    if missing and not sys.stdin.isatty():
        wanted = "; ".join(f"--{key} ({CARD_FIELDS[key]})" for key in missing)
        raise CoreBenchError(f"the submission lacks {', '.join(missing)}", f"Give {wanted}.")
    return {
        key: value if value is not None else str(typer.prompt(CARD_FIELDS[key].capitalize()))
        for key, value in given.items()
    }


@submission_app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="A bundle.", metavar="FILE")],
    against: Annotated[Path | None, typer.Option(help="Folder of entries that are there already.")] = None,
    suite: Annotated[str | None, _SUITE] = None,
    report: Annotated[Path | None, typer.Option(help="Also write the report to this file.")] = None,
) -> None:
    """Check a submission from its raw replies and print a report in Markdown. Exit code 1: refused."""
    from core_bench.jsonl import write_text
    from core_bench.leaderboard import check_file, find_suite, known_replies, review

    known = {} if against is None else known_replies(against, leave_out=file)
    checked = check_file(file, lambda name, digest: find_suite(name, digest, suite), known)
    text = review(checked)
    print(text, end="")
    if report is not None:
        write_text(report, text)
    if not checked.accepted:
        raise typer.Exit(1)


@submission_app.command("schema")
def schema() -> None:
    """Print the JSON schema of submission.json."""
    from core_bench.leaderboard import schema_text

    print(schema_text(), end="")


@leaderboard_app.command("build")
def build(
    submissions: Annotated[Path, typer.Argument(help="Folder of bundles.", metavar="SUBMISSIONS")],
    out: Annotated[Path, typer.Option(help="Folder to write the site to.")],
    suite: Annotated[str | None, _SUITE] = None,
    plots: Annotated[
        bool, typer.Option("--plots/--no-plots", help="Draw pictures (needs matplotlib).")
    ] = True,
) -> None:
    """Check every bundle and write the site. Refused ones are named and left out."""
    from core_bench.cli.progress import progress
    from core_bench.leaderboard import build_board, write_site
    from core_bench.reports import require_matplotlib

    if plots:
        require_matplotlib()
    with progress("checking", "submissions") as update:
        board = build_board(submissions, suite, update)
    pages = write_site(board, out, plots=plots)
    for checked in board.refused:
        faults = "; ".join(f.text for f in checked.findings if f.level == "fault")
        print(f"left out: {checked.name}: {faults}", file=sys.stderr)
    print(f"{pages[0]}: {len(board.entries)} entries, {len(board.refused)} left out")


@leaderboard_app.command("serve")
def serve(
    site: Annotated[Path, typer.Argument(help="Folder of a built site.", metavar="SITE")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
) -> None:
    """Show a site on this machine only, until Ctrl-C."""
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    from core_bench.errors import CoreBenchError

    if not (site / "index.html").is_file():
        raise CoreBenchError(
            f"{site} holds no site", "core-bench leaderboard build SUBMISSIONS --out SITE makes one."
        )
    try:
        server = ThreadingHTTPServer(
            ("127.0.0.1", port), partial(SimpleHTTPRequestHandler, directory=str(site))
        )
    except OSError as error:
        raise CoreBenchError(
            f"port {port} cannot be used: {error.strerror}", "Give another one: --port"
        ) from None
    with server:
        print(f"http://127.0.0.1:{server.server_port}/  (Ctrl-C ends)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
