"""LiveCodeBench's code execution (Jain et al. 2024, "LiveCodeBench"): several programs a problem."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from core_bench.suites.sources.calls_in import as_literal
from core_bench.suites.sources.missing_imports import with_imports
from core_bench.suites.sources.rows import Row
from core_bench.suites.sources.source import Benchmark, Skipped, Task
from tracer import InputError, parse_call


def _read(rows: Iterable[Row], skipped: Skipped) -> Iterator[Task]:
    ordered = sorted(rows, key=lambda row: (int(row["question_id"]), row["function_name"]))
    for (question, function), members in groupby(
        ordered, key=lambda row: (row["question_id"], row["function_name"])
    ):
        inputs: dict[str, None] = {}
        outputs: dict[str, str] = {}
        programs: dict[str, None] = {}
        for row in members:
            try:
                _, arguments = parse_call(row["input"])
            except InputError:
                skipped.add("whose input has no literal", row["id"])
                continue
            inputs[arguments] = None
            output = as_literal(row.get("output", ""))
            if output is not None:
                outputs[arguments] = output
            programs[with_imports(f"{row['code']}\n")] = None
        if inputs:
            first, *others = programs
            yield Task(
                id=f"LiveCodeBench-{question}",
                title=function,
                description="Programs that people handed in for one problem.",
                entry_point=function,
                inputs=tuple(inputs),
                programs=(("reference", first), *(("alternate", code) for code in others)),
                outputs=tuple(outputs.items()),
            )


BENCHMARK = Benchmark(
    "livecodebench",
    "LiveCodeBench code execution",
    "unstated",
    ("livecodebench/execution-v2", None, "test"),
    _read,
)
