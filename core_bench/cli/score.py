"""`core-bench score`: judge the saved replies of a run again, and show every table."""

from pathlib import Path
from typing import Annotated

import typer


def score(
    folder: Annotated[Path, typer.Argument(help="The run's folder.", metavar="RUN")],
    suite: Annotated[
        str | None, typer.Option(help="Path of the suite, if it is none of the shipped ones.")
    ] = None,
) -> None:
    """Score a run from its saved replies, without asking a model anything."""
    from core_bench.cli.tables import console, metrics_table, rates_table, verdicts_table
    from core_bench.errors import CoreBenchError
    from core_bench.methods import load_method
    from core_bench.runs import RunFolder, select_items
    from core_bench.runs import score as score_run
    from core_bench.runs.baselines import baseline_summaries
    from core_bench.suites import load_suite

    run = RunFolder(folder)
    manifest = run.manifest()
    loaded = load_suite(suite or manifest.suite)
    if loaded.hash != manifest.suite_hash:
        raise CoreBenchError(
            f"{folder} was run on another build of the suite {manifest.suite} "
            f"(hash {manifest.suite_hash[:12]}, this one has {loaded.hash[:12]})",
            "Give the suite that it was run on with --suite PATH.",
        )
    method = load_method(manifest.method_path or manifest.method)
    items = select_items(
        loaded, manifest.split, problems=manifest.problems, shard=manifest.shard, limit=manifest.limit
    )
    summary = score_run(loaded, items, method, manifest.shape, run, manifest.epochs)
    rows = {
        **baseline_summaries(loaded, items, method, manifest.shape),
        manifest.engine.model: summary,
    }
    print(f"{manifest.suite} {manifest.split}, method {manifest.method}, {manifest.shape} prompts")
    screen = console()
    screen.print(metrics_table(rows))
    screen.print(
        rates_table("Probes by dimension", "probes", {name: row.by_dimension for name, row in rows.items()})
    )
    screen.print(
        rates_table("I_s by family", "implementations", {name: row.by_family for name, row in rows.items()})
    )
    screen.print(verdicts_table(rows))
    print(f"Written: {folder / 'verdicts.jsonl'}, {folder / 'summary.json'}")
