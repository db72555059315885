"""REval (Chen et al. 2025, "Reasoning Runtime Behavior of a Program with LLM: How Far Are We?")."""

import ast
from collections.abc import Iterable, Iterator

from core_bench.suites.sources.rows import Row
from core_bench.suites.sources.source import Benchmark, Skipped, Task
from tracer import InputError, parse_call


def _read(rows: Iterable[Row], skipped: Skipped) -> Iterator[Task]:
    for row in rows:
        if row.get("test") is not None:
            skipped.add("that are classes with statements for inputs", row["task_id"])
            continue
        inputs = tuple(dict.fromkeys(filter(None, map(arguments_of, row["inputs"]))))
        if not inputs:
            skipped.add("whose inputs have no literals", row["task_id"])
            continue
        yield Task(
            id=row["task_id"].replace("DREval/", "REval-"),
            title=row["entry_point"],
            description="A program of HumanEval with REval's inputs.",
            entry_point=row["entry_point"],
            inputs=inputs,
            programs=(("reference", row["code"]),),
        )


def arguments_of(text: str) -> str | None:
    """Return an argument list from REval's form, a tuple such as `"([3, 1], 2,)"`; None if it is another."""
    try:
        values = ast.literal_eval(text)
        return parse_call(f"f({', '.join(map(repr, values))})")[1]
    except (ValueError, SyntaxError, TypeError, InputError):
        return None


BENCHMARK = Benchmark("reval", "REval", "unstated", None, _read)
