"""`core-bench suite audit`: derive every gold again, and say what does not hold."""

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from core_bench.errors import CoreBenchError

if TYPE_CHECKING:
    from core_bench.suites.audit import Findings

_SHOWN = 20


def audit(
    suite: Annotated[str | None, typer.Argument(help="Name or path of a suite. [default: core-mini]")] = None,
    source: Annotated[
        Literal["core"] | None,
        typer.Option(help="Audit published probes instead: core, the files of the CoRE paper (with --path)."),
    ] = None,
    path: Annotated[Path | None, typer.Option(help="File of published probes, such as core_qa.json.")] = None,
    chains: Annotated[
        bool, typer.Option("--chains", help="Replay the chains of transforms, too; that takes longer.")
    ] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write all that was found to this file.")
    ] = None,
) -> None:
    """Run every implementation again and check every rule; exit code 1 where something is at fault."""
    if source is None:
        if path is not None:
            raise CoreBenchError("--path goes with --source core", "Name a suite, or its folder, instead.")
        _audit_suite(suite or "core-mini", chains, json_file)
        return
    if suite is not None:
        raise CoreBenchError("a suite and --source cannot be audited at once", "Leave one of them away.")
    if path is None:
        raise CoreBenchError("published probes are read from a file", "Give it with --path.")
    _audit_published(path, json_file)


def _audit_suite(name: str, chains: bool, json_file: Path | None) -> None:
    from core_bench.cli.progress import progress
    from core_bench.suites import load_suite
    from core_bench.suites.audit import audit_suite

    loaded = load_suite(name)
    _prepare(json_file)
    try:
        with progress("auditing", "implementations") as update:
            findings = audit_suite(loaded, chains=chains, on_progress=update)
    except KeyboardInterrupt:
        raise _stopped() from None
    if json_file is not None:
        _write(json_file, findings.model_dump_json(indent=1))
    _show(findings)
    if findings.faults:
        raise typer.Exit(1)


def _show(findings: "Findings") -> None:
    from rich import box
    from rich.table import Table

    from core_bench.cli.tables import console
    from core_bench.suites.audit import RULES

    wrong = Counter(fault.rule for fault in findings.faults)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("rule", no_wrap=True)
    table.add_column("what must hold")
    table.add_column("checked", justify="right")
    table.add_column("faults", justify="right")
    for rule, meaning in RULES.items():
        if findings.checked[rule]:
            table.add_row(rule, meaning, str(findings.checked[rule]), str(wrong[rule]))
    console().print(table, markup=False, highlight=False)
    for fault in findings.faults[:_SHOWN]:
        print(f"{fault.rule}: {fault.subject}: {fault.detail}")
    if len(findings.faults) > _SHOWN:
        print(f"... and {len(findings.faults) - _SHOWN} more; --json FILE has them all")
    seeds = " and ".join(map(str, findings.hash_seeds))
    print(
        f"{findings.suite} (hash {findings.hash[:12]}), Python {findings.python}, hash seeds {seeds}: "
        f"{sum(findings.checked.values())} checks, {len(findings.faults)} faults"
        f"{f', {findings.retracted} items retracted' if findings.retracted else ''}"
    )


def _stopped() -> typer.Exit:
    print("\nStopped; an audit says nothing before it has seen everything.", file=sys.stderr)
    return typer.Exit(130)


def _prepare(json_file: Path | None) -> None:
    """Find out now, not after a minute of work, that there is no place for the file."""
    if json_file is not None:
        from core_bench.jsonl import make_folder

        if json_file.is_dir():
            raise CoreBenchError(f"{json_file} is a folder", "Give the name of a file (--json).")
        make_folder(json_file.absolute().parent)


def _write(json_file: Path, text: str) -> None:
    from core_bench.jsonl import write_text

    write_text(json_file, f"{text}\n")


def _audit_published(path: Path, json_file: Path | None) -> None:
    from core_bench.cli.progress import progress
    from core_bench.cli.published_table import show_published
    from core_bench.suites.audit import audit_published
    from core_bench.suites.sources.core import published_probes
    from core_bench.suites.sources.rows import local_rows

    probes = published_probes(local_rows(path))
    if not probes:
        raise CoreBenchError(f"{path} holds no probes", "Give core_qa.json of CoRE (--path).")
    _prepare(json_file)
    try:
        with progress("replaying", "probes") as update:
            found = audit_published(probes, path.name, update)
    except KeyboardInterrupt:
        raise _stopped() from None
    if json_file is not None:
        _write(json_file, found.model_dump_json(indent=1))
    show_published(found)
    if found.counts.get("contradicted") or found.outputs_reproduced < found.probes:
        raise typer.Exit(1)
