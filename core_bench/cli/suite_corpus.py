"""`core-bench suite corpus`: text for calibration and recovery."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from core_bench.errors import CoreBenchError


def corpus(
    out: Annotated[Path, typer.Option(help="JSON Lines file to write.")],
    tokens: Annotated[int, typer.Option(min=1, help="How many tokens of text.")] = 200_000,
    seed: Annotated[int, typer.Option(help="Decides every program.")] = 1,
    avoid: Annotated[
        list[str] | None,
        typer.Option(help="Suite to stay away from; may be repeated. [default: all that ship]"),
    ] = None,
    problems: Annotated[
        Path | None, typer.Option(help="Folder of problems to cut parts from. [default: those that ship]")
    ] = None,
    tokenizer: Annotated[
        Path | None, typer.Option(help="Model folder whose tokenizer counts. [default: an estimate]")
    ] = None,
) -> None:
    """Generate programs, run them, and write them with outputs, with traces, and alone."""
    from core_bench.cli.progress import progress
    from core_bench.data_folder import data_folder
    from core_bench.jsonl import make_folder
    from core_bench.suites import known_suites, load_suite
    from core_bench.suites.corpus import Made, counter, gather, make_corpus, write_corpus

    if out.is_dir():
        raise CoreBenchError(f"{out} is a folder", "Give the name of a file, such as corpus.jsonl (--out).")
    suites = [load_suite(name) for name in [*known_suites(), *(avoid or ())]]
    count = counter(tokenizer)
    make_folder(out.absolute().parent)  # now, not after a minute of work
    material = gather(problems or data_folder() / "problems", suites)
    made = Made()
    try:
        with progress("writing", "tokens") as update:
            write_corpus(out, make_corpus(material, seed, tokens, count, made, update))
    except KeyboardInterrupt:
        print(f"\nStopped; nothing was written to {out}.", file=sys.stderr)
        raise typer.Exit(130) from None
    forms = ", ".join(f"{made.tokens[form]} in {made.rows[form]} rows of {form}" for form in made.tokens)
    print(f"{out}: {made.tokens.total()} tokens ({'counted' if tokenizer else 'estimated'}): {forms}")
    print(
        f"{made.programs} of {made.drafts} drafts were used; {made.near} were too near to one of "
        f"{len(material.known)} programs of suites and problems"
    )
