"""Writes a suite in the forms that others read: a Hugging Face dataset folder, CRUXEval's JSON Lines, tasks.

A dataset folder is Parquet files with a README whose header names configurations and splits, so that
`datasets.load_dataset(folder, "samples")` reads it without a line of our code. Golds are in it: it is for
whoever scores, not for whoever is asked.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core_bench.errors import CoreBenchError
from core_bench.jsonl import make_folder, write_text
from core_bench.records import Probe, Sample
from core_bench.suites.suite import Suite

Rows = list[dict[str, Any]]


def export_suite(suite: Suite, folder: Path, form: str) -> list[Path]:
    """Write a suite to a folder and return the files.

    Args:
        suite: What to write.
        folder: Where; it is made if it is not there. A folder with other files is refused.
        form: One of `FORMS`.

    Raises:
        CoreBenchError: there is no such form, the folder holds something, or it cannot be written.
    """
    if form not in FORMS:
        raise CoreBenchError(f"there is no format {form!r}", f"Choose from {', '.join(FORMS)} (--format).")
    if folder.exists() and not folder.is_dir():
        raise CoreBenchError(f"{folder} is a file", "Give a folder (--out).")
    make_folder(folder)
    if any(folder.iterdir()):
        raise CoreBenchError(
            f"{folder} is not empty", "Give a new folder, so that no old file is left in it."
        )
    return list(FORMS[form](suite, folder))


def _hf(suite: Suite, folder: Path) -> Iterator[Path]:
    configurations = {
        "samples": _items(suite, suite.samples, _sample_fields),
        "probes": _items(suite, suite.probes, _probe_fields),
        "implementations": _implementations(suite),
        "problems": _problems(suite),
    }
    for name, rows in configurations.items():
        for split in ("dev", "test"):
            if part := [row for row in rows if row["split"] == split]:
                yield _parquet(folder / name / f"{split}.parquet", part)
    readme = folder / "README.md"
    write_text(readme, _readme(suite, configurations))
    yield readme


def _items(suite: Suite, rows: Iterable[Sample | Probe], fields: Callable[[Any], dict[str, Any]]) -> Rows:
    programs = {program.id: program for program in suite.implementations}
    problems = {problem.id: problem for problem in suite.problems}
    lite = set(suite.header.lite)
    rows = [row for row in rows if row.id not in suite.retracted]
    return [
        {
            "id": row.id,
            "problem": row.problem,
            "implementation": row.implementation,
            "family": programs[row.implementation].family,
            "split": problems[row.problem].split,
            "lite": row.id in lite,
            "code": programs[row.implementation].code,
            "entry_point": problems[row.problem].entry_point,
            "input": row.input,
            **fields(row),
            "gold": row.gold,
            "licence": problems[row.problem].licence,
        }
        for row in rows
    ]


def _sample_fields(row: Sample) -> dict[str, Any]:
    return {}


def _probe_fields(row: Probe) -> dict[str, Any]:
    return {
        "question": row.question,
        "phrasing": row.phrasing,
        "kind": row.query.kind,
        "query": json.dumps(asdict(row.query)),  # kinds have different fields; a table has one set of them
        "dimensions": list(row.dimensions),
        "shared": row.shared,
    }


def _implementations(suite: Suite) -> Rows:
    splits = {problem.id: problem.split for problem in suite.problems}
    return [
        {
            "id": program.id,
            "problem": program.problem,
            "split": splits[program.problem],
            "family": program.family,
            "parent": program.parent,
            "transforms": [link.transform for link in program.chain],
            "code": program.code,
        }
        for program in suite.implementations
    ]


def _problems(suite: Suite) -> Rows:
    return [
        {**row.model_dump(), "topics": list(row.topics), "inputs": list(row.inputs)} for row in suite.problems
    ]


def _parquet(path: Path, rows: Rows) -> Path:
    import pyarrow
    import pyarrow.parquet

    make_folder(path.parent)
    try:
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    except OSError as error:
        raise CoreBenchError(f"{path} cannot be written: {error.strerror or error}") from None
    return path


def _readme(suite: Suite, configurations: Mapping[str, Rows]) -> str:
    header = suite.header
    lines = ["---", "configs:"]
    for name, rows in configurations.items():
        lines += [
            f"- config_name: {name}",
            *(["  default: true"] if name == "samples" else []),
            "  data_files:",
        ]
        for split in ("dev", "test"):
            if any(row["split"] == split for row in rows):
                lines += [f"  - split: {split}", f"    path: {name}/{split}.parquet"]
    origins = sorted({(problem.origin, problem.licence) for problem in suite.problems})
    counts = ", ".join(f"{count} {what}" for what, count in header.counts.items())
    lines += [
        "---",
        "",
        f"# {header.name} {header.version}",
        "",
        header.description,
        "",
        f"{counts}. Python {header.python}. Hash {suite.hash}.",
        "",
        *(f"* problems of {origin}: licence {licence}" for origin, licence in origins),
        "",
        "Splits: " + header.split_rule + ". `lite` marks the items of the small split.",
        "",
    ]
    return "\n".join(lines)


def _cruxeval(suite: Suite, folder: Path) -> Iterator[Path]:
    """Write `code`, `input`, `output` and `id`, as CRUXEval has them; the function keeps its own name."""
    problems = {problem.id: problem for problem in suite.problems}
    programs = {program.id: program for program in suite.implementations}
    for split in ("dev", "test"):
        rows = [
            {
                "id": sample.id,
                "code": programs[sample.implementation].code.rstrip("\n"),
                "input": sample.input,
                "output": sample.gold,
                "entry_point": problems[sample.problem].entry_point,
            }
            for sample in suite.samples
            if problems[sample.problem].split == split and sample.id not in suite.retracted
        ]
        path = folder / f"{split}.jsonl"
        write_text(path, "".join(json.dumps(row) + "\n" for row in rows))
        yield path


def _lm_eval(suite: Suite, folder: Path) -> Iterator[Path]:
    from core_bench.adapters.lm_eval_folder import write_tasks

    return write_tasks(suite, folder)


FORMS: Mapping[str, Callable[[Suite, Path], Iterator[Path]]] = {
    "hf": _hf,
    "cruxeval": _cruxeval,
    "lm-eval": _lm_eval,
}
"""Name of a form -> what writes it."""
