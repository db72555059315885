"""HumanEval (Chen et al. 2021, "Evaluating Large Language Models Trained on Code")."""

from collections.abc import Iterable, Iterator

from core_bench.suites.sources.calls_in import checked_calls
from core_bench.suites.sources.rows import Row
from core_bench.suites.sources.source import Benchmark, Skipped, Task


def _read(rows: Iterable[Row], skipped: Skipped) -> Iterator[Task]:
    for row in rows:
        code = row["prompt"] + row["canonical_solution"]
        inputs, fault = checked_calls(code, row["entry_point"], row["test"])
        if not inputs:
            skipped.add("whose checks call it with no literals", row["task_id"])
            continue
        yield Task(
            id=row["task_id"].replace("/", "-"),
            title=row["entry_point"],
            description=row["prompt"],
            entry_point=row["entry_point"],
            inputs=tuple(inputs),
            programs=(("reference", code),),
            contradiction=fault and f"its check ends with {fault}",
        )


BENCHMARK = Benchmark(
    "humaneval", "HumanEval", "MIT", ("openai/openai_humaneval", "openai_humaneval", "test"), _read
)
