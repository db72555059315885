"""CRUXEval (Gu et al. 2024, "CRUXEval: A Benchmark for Code Reasoning, Understanding and Execution")."""

import ast
from collections.abc import Iterable, Iterator

from core_bench.suites.sources.calls_in import as_literal
from core_bench.suites.sources.rows import Row
from core_bench.suites.sources.source import Benchmark, Skipped, Task
from tracer import InputError, parse_call, run_calls

_ENTRY_POINT = "f"


def _read(rows: Iterable[Row], skipped: Skipped) -> Iterator[Task]:
    for row in rows:
        arguments = _literal_arguments(row["code"], row["input"])
        if arguments is None:
            skipped.add("whose input has no literal", row["id"])
            continue
        yield Task(
            id=f"CRUXEval-{row['id'].removeprefix('sample_')}",
            title=row["id"],
            description="One function and one input.",
            entry_point=_ENTRY_POINT,
            inputs=(arguments,),
            programs=(("reference", f"{row['code']}\n"),),
            outputs=_outputs(arguments, row.get("output")),
        )


def _literal_arguments(code: str, text: str) -> str | None:
    """Return an argument list of literals; a few of the published ones are expressions, which are run."""
    try:
        return parse_call(f"{_ENTRY_POINT}({text})")[1]
    except InputError:
        probe = (
            f"{code}\n\n\ndef _arguments():\n"
            "    def noted(*arguments, **named):\n"
            "        words = [f'{name}={value!r}' for name, value in named.items()]\n"
            "        return [', '.join([*map(repr, arguments), *words])]\n"
            f"    return noted({text})[0]\n"
        )
    [outcome] = run_calls(probe, "_arguments", [""])
    try:
        return parse_call(f"{_ENTRY_POINT}({_text(outcome.value)})")[1]
    except InputError:
        return None


def _outputs(arguments: str, output: str | None) -> tuple[tuple[str, str], ...]:
    found = None if output is None else as_literal(output)
    return () if found is None else ((arguments, found),)


def _text(value: str | None) -> str:
    return ast.literal_eval(value) if value is not None else "..."


BENCHMARK = Benchmark("cruxeval", "CRUXEval", "MIT", ("cruxeval-org/cruxeval", None, "test"), _read)
