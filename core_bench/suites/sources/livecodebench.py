"""LiveCodeBench's code execution (Jain et al. 2024, "LiveCodeBench"): several programs a problem."""

import ast
from collections.abc import Iterable, Iterator
from itertools import groupby

from core_bench.suites.sources.calls_in import as_literal
from core_bench.suites.sources.missing_imports import with_imports
from core_bench.suites.sources.rows import Row
from core_bench.suites.sources.source import Benchmark, Skipped, Task
from tracer import InputError, literal, parse_arguments, parse_call


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
                arguments = _in_order(row["code"], function, parse_call(row["input"])[1])
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


def _in_order(code: str, function: str, text: str) -> str:
    """Return an argument list without names: people name their parameters as they like, in one order."""
    arguments = parse_arguments(text)
    if not arguments.keyword:
        return text
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return text
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == function:
            order = [parameter.arg for parameter in node.args.args][len(arguments.positional) :]
            named = order[: len(arguments.keyword)]
            if set(named) == set(arguments.keyword):
                values = [*arguments.positional, *(arguments.keyword[name] for name in named)]
                return ", ".join(map(literal, values))
    return text


BENCHMARK = Benchmark(
    "livecodebench",
    "LiveCodeBench code execution",
    "unstated",
    ("livecodebench/execution-v2", None, "test"),
    _read,
)
