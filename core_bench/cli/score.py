"""`core-bench score`: judge the saved replies of runs again, or score what others made."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core_bench.items import Item
    from core_bench.records import RunManifest
    from core_bench.runs import RunFolder
    from core_bench.scoring import ScoringRules, Summary
    from core_bench.scoring.published import PublishedScore
    from core_bench.suites import Suite

Format = Literal["run", "core", "cruxeval", "livecodebench", "reval", "jsonl"]


def score(
    files: Annotated[list[Path], typer.Argument(help="Run folders, or files of replies.", metavar="RUN...")],
    suite: Annotated[
        str | None, typer.Option(help="Path of the suite, if it is none of the shipped ones.")
    ] = None,
    kind: Annotated[
        Format,
        typer.Option(
            "--format",
            help="run: run folders; core: a replies.jsonl to our items; cruxeval, livecodebench, reval: "
            "generations in the form of these benchmarks; jsonl: rows with id and reply.",
        ),
    ] = "run",
    data: Annotated[
        Path | None, typer.Option(help="What the replies answer: the benchmark's data file, or our suite.")
    ] = None,
    split: Annotated[str, typer.Option(help="core: the items that must be answered.")] = "full",
    direction: Annotated[
        Literal["output", "input"] | None,
        typer.Option(help="cruxeval: what was predicted. [default: input if the file's name says so]"),
    ] = None,
    echo: Annotated[
        Literal["wrong", "dropped", "dropped always"] | None,
        typer.Option(help="What the published scorer does with a reply that repeats the call."),
    ] = None,
    strict_literals: Annotated[bool, typer.Option(help="Do not fold expressions such as [0] * 4.")] = False,
    float_tolerance: Annotated[
        float, typer.Option(min=0.0, help="Floats this close are equal (REval: 1e-6).")
    ] = 0.0,
    unquoted_strings: Annotated[bool, typer.Option(help="Accept a string without its quotes.")] = False,
    differences: Annotated[
        Path | None, typer.Option(help="Write verdicts that differ from the published scorer's (JSON Lines).")
    ] = None,
) -> None:
    """Score runs from their saved replies, without asking a model anything and without executing a reply."""
    from core_bench.errors import CoreBenchError
    from core_bench.scoring import ScoringRules

    rules = ScoringRules(
        strict_literals=strict_literals, float_tolerance=float_tolerance, unquoted_strings=unquoted_strings
    )
    if kind == "run":
        _runs(files, suite, rules)
    elif data is None and not (kind == "core" and suite):
        raise CoreBenchError(
            f"--format {kind} needs to know what the replies answer", "Give the data file with --data."
        )
    elif kind == "core":
        _core(files, str(data or suite), split, rules)
    elif kind == "reval":
        _reval(files, data, rules)
    else:
        from core_bench.scoring.published import read_published, score_published

        assert data is not None
        _show_published(
            {
                str(file): score_published(read_published(kind, file, data, direction, echo), rules)
                for file in files
            },
            differences,
        )


def _runs(folders: list[Path], suite: str | None, rules: "ScoringRules") -> None:
    from core_bench.errors import CoreBenchError
    from core_bench.runs import RunFolder, items_of, method_of
    from core_bench.runs import score as score_run
    from core_bench.scoring import DEFAULT_RULES, rules_of
    from core_bench.suites import load_suite

    runs = [RunFolder(folder) for folder in folders]
    manifests = [run.manifest() for run in runs]
    first = manifests[0]
    for folder, manifest in zip(folders, manifests, strict=True):
        asked, expected = _asked(manifest), _asked(first)
        if asked != expected:
            raise CoreBenchError(
                f"{folder} asked other items than {folders[0]} "
                f"({' '.join(asked)} instead of {' '.join(expected)})",
                "Runs stand in one table only if they asked the same items; score them one by one.",
            )
    loaded = load_suite(suite or first.suite)
    if loaded.hash != first.suite_hash:
        raise CoreBenchError(
            f"{folders[0]} was run on another build of the suite {first.suite} "
            f"(hash {first.suite_hash[:12]}, this one has {loaded.hash[:12]})",
            "Give the suite that it was run on with --suite PATH.",
        )
    used = rules_of(loaded) if rules == DEFAULT_RULES else rules
    items = items_of(loaded, first)
    summaries = [
        score_run(loaded, items, method_of(manifest), manifest.shape, run, manifest.epochs, used)
        for run, manifest in zip(runs, manifests, strict=True)
    ]
    rows = _with_baselines(loaded, first, _labels(folders, manifests), summaries)
    methods = ", ".join(sorted({f"{manifest.method} ({manifest.shape})" for manifest in manifests}))
    print(f"{first.suite} {first.split}, {len(items)} items, method {methods}")
    _show_ignored([key[0] for run in runs for key in run.replies()], loaded)
    _show(rows)
    for run, manifest, label in zip(runs, manifests, _labels(folders, manifests), strict=True):
        if manifest.method == "coc":
            _show_traces(label, items, run, used)
    for run in runs:
        print(f"Written: {run.path / 'verdicts.jsonl'}, {run.path / 'summary.json'}")


def _show_ignored(answered: "Sequence[str]", suite: "Suite") -> None:
    """Say how many replies are to items that were retracted since they were asked."""
    ignored = [item for item in answered if item in suite.retracted]
    if ignored:
        print(f"{len(ignored)} replies to {len(set(ignored))} retracted items are ignored")


def _show_traces(label: str, items: "Sequence[Item]", run: "RunFolder", rules: "ScoringRules") -> None:
    from core_bench.cli.tables import percent
    from core_bench.jsonl import write_rows
    from core_bench.scoring.tracing import summarise_traces, trace_divergences

    found = trace_divergences(items, run.replies().values(), rules)
    summary = summarise_traces(items, found)
    kinds = ", ".join(f"{count} {kind}" for kind, count in summary.kinds.items())
    print(
        f"{label}: {percent(summary.whole)} of {summary.whole.n} traces are right to the end, "
        f"{percent(summary.kept)} of the steps come before the first wrong one ({kinds})"
    )
    path = run.path / "divergences.jsonl"
    write_rows(path, found)
    print(f"Written: {path}")


def _asked(manifest: "RunManifest") -> tuple[str, ...]:
    limit = () if manifest.limit is None else (f"first {manifest.limit}",)
    part = tuple(text for text in (*(manifest.problems or ()), manifest.shard) if text)
    return (manifest.suite, manifest.suite_hash[:12], manifest.split, *part, *limit)


def _labels(folders: list[Path], manifests: "list[RunManifest]") -> list[str]:
    """Name each run by its model; by model and method, or by its folder, where that is not enough."""
    for names in (
        [manifest.engine.model for manifest in manifests],
        [f"{manifest.engine.model} {manifest.method}" for manifest in manifests],
    ):
        if len(set(names)) == len(names):
            return names
    return [str(folder) for folder in folders]


def _with_baselines(
    suite: "Suite", manifest: "RunManifest", labels: list[str], summaries: "list[Summary]"
) -> "dict[str, Summary]":
    from core_bench.runs import items_of, method_of
    from core_bench.runs.baselines import baseline_summaries

    items = items_of(suite, manifest)
    baselines = baseline_summaries(suite, items, method_of(manifest), manifest.shape)
    return {**baselines, **dict(zip(labels, summaries, strict=True))}


def _show(rows: "dict[str, Summary]") -> None:
    from core_bench.cli.tables import console, faithfulness_table, metrics_table, rates_table, verdicts_table

    screen = console()
    screen.print(metrics_table(rows))
    screen.print(
        rates_table("Probes by dimension", "probes", {name: row.by_dimension for name, row in rows.items()})
    )
    screen.print(
        rates_table("I_s by family", "implementations", {name: row.by_family for name, row in rows.items()})
    )
    screen.print(faithfulness_table(rows))
    screen.print(verdicts_table(rows))
    some = list(rows.values())[-1]  # the baselines stand first
    how = some.intervals
    print(
        f"Below each share: its {100 * how.level:.0f} % interval, from {how.resamples} resamples of whole "
        f"{how.cluster}s ({how.method}, seed {how.seed})."
    )
    if some.detectable is not None:
        print(
            f"Of two runs that disagree on one sample in ten, a difference of "
            f"{100 * some.detectable.effect:.1f} points in samples would be found "
            f"(with power {100 * some.detectable.power:.0f} %)."
        )


def _core(files: list[Path], name: str, split: str, rules: "ScoringRules") -> None:
    from core_bench.scoring.published.ours import score_replies
    from core_bench.suites import load_suite

    loaded = load_suite(name)
    rows = {str(file): score_replies(loaded, loaded.split(split), file, rules) for file in files}
    print(f"{loaded.header.name} {split}, {len(loaded.split(split))} items")
    _show(rows)


def _reval(files: list[Path], data: Path | None, rules: "ScoringRules") -> None:
    from core_bench.cli.tables import console, reval_table
    from core_bench.scoring.published.reval import score_reval

    assert data is not None
    console().print(reval_table({str(file): score_reval(file, data, rules) for file in files}))


def _show_published(scores: "dict[str, PublishedScore]", differences: Path | None) -> None:
    from core_bench.cli.tables import console, published_table
    from core_bench.jsonl import write_rows

    console().print(published_table(scores))
    for name, found in scores.items():
        left_out = f", {found.left_out} left out by the published scorer" if found.left_out else ""
        print(
            f"{name}: {found.replies} replies to {found.samples} samples{left_out}; "
            f"{len(found.differences)} verdicts differ from the published scorer's"
        )
    if differences is not None:
        write_rows(differences, [row for found in scores.values() for row in found.differences])
        print(f"Written: {differences}")
