"""MBPP (Austin et al. 2021, "Program Synthesis with Large Language Models"), full or sanitized."""

from collections import Counter
from collections.abc import Iterable, Iterator

from core_bench.suites.sources.calls_in import assert_calls, outputs_of
from core_bench.suites.sources.rows import Row
from core_bench.suites.sources.source import Benchmark, Skipped, Task


def _read(rows: Iterable[Row], skipped: Skipped) -> Iterator[Task]:
    for row in rows:
        calls = [call for text in row["test_list"] for call in assert_calls(text)]
        if not calls:
            skipped.add("whose tests call it with no literals", str(row["task_id"]))
            continue
        [(entry_point, _)] = Counter(call.function for call in calls).most_common(1)
        own = [call for call in calls if call.function == entry_point]
        yield Task(
            id=f"MBPP-{row['task_id']}",
            title=entry_point,
            description=row.get("text") or row["prompt"],
            entry_point=entry_point,
            inputs=tuple(dict.fromkeys(call.arguments for call in own)),
            programs=(("reference", row["code"].replace("\r\n", "\n")),),
            outputs=outputs_of(own),
        )


BENCHMARK = Benchmark("mbpp", "MBPP", "CC-BY-4.0", ("google-research-datasets/mbpp", "full", "test"), _read)
