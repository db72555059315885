"""`core-bench suite propose`: a model proposes queries, execution answers them."""

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from core_bench.errors import CoreBenchError


def propose(
    model: Annotated[str, typer.Option("--model", "-m", help="openai:NAME, or a model folder.")],
    out: Annotated[
        Path, typer.Option(help="JSON Lines file for what becomes of each query; raw answers go beside it.")
    ],
    suite: Annotated[str, typer.Option(help="Name or path of a suite.")] = "core-mini",
    problem: Annotated[
        list[str] | None, typer.Option(help="Only this problem; may be repeated. [default: all]")
    ] = None,
    n: Annotated[int, typer.Option("--n", min=1, help="Queries to ask for, of each implementation.")] = 4,
    temperature: Annotated[float, typer.Option(min=0, help="Sampling temperature.")] = 0.7,
    base_url: Annotated[str | None, typer.Option(help="Address of a compatible server.")] = None,
    api_key_env: Annotated[str, typer.Option(help="Variable that holds the key.")] = "OPENAI_API_KEY",
    concurrency: Annotated[int, typer.Option(min=1, help="Requests in flight.")] = 8,
) -> None:
    """Ask a model for probes, as queries; check and answer them by running. Run it again to go on."""
    from core_bench.cli.progress import progress
    from core_bench.engines import EngineOptions, open_engine
    from core_bench.jsonl import make_folder, write_rows
    from core_bench.suites import load_suite
    from core_bench.suites.proposing import ask_for_queries, decide

    loaded = load_suite(suite)
    loaded.require_python()
    known = [row.id for row in loaded.problems]
    for name in problem or ():
        if name not in known:
            raise CoreBenchError(f"there is no problem {name}", f"Known: {', '.join(known[:20])}.")
    if out.is_dir():
        raise CoreBenchError(f"{out} is a folder", "Give the name of a file (--out).")
    make_folder(out.absolute().parent)
    kept = out.with_name(f"{out.stem}.asked.jsonl")
    options = EngineOptions(base_url=base_url, api_key_env=api_key_env, concurrency=concurrency)
    engine = open_engine(model, options)
    try:
        with progress("asking", "implementations") as update:
            answers, failures = ask_for_queries(
                engine, model, loaded, problem or known, n, kept, temperature=temperature, on_progress=update
            )
    except KeyboardInterrupt:
        print(f"\nStopped. The answers so far are in {kept}; run the same command again.", file=sys.stderr)
        raise typer.Exit(130) from None
    finally:
        engine.close()
    for reason in failures[:5]:
        print(f"not answered: {reason}", file=sys.stderr)
    if failures:
        print(f"{len(failures)} requests failed; run the same command to ask them again.", file=sys.stderr)
    proposals = list(decide(answers, loaded))
    write_rows(out, proposals)
    accepted = sum(row.decision == "accepted" for row in proposals)
    print(f"{out}: {accepted} of {len(proposals)} proposed queries are probes")
    reasons = Counter((row.reason or "").partition(":")[0] for row in proposals if row.decision == "refused")
    for reason, count in reasons.most_common(8):
        print(f"refused: {count} {reason}")
