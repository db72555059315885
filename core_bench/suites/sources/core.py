"""The published files of CoRE (Gao et al. 2026, "A Fine-Grained Code Reasoning Benchmark ...").

`core_qa.json` has the probes, `core_io.json` the samples; both have a program in every row. Their quirks:

* `id` is `Fine/PROBLEM_PROGRAM`; it is no key: several probes, even contradicting ones, share an id.
* `output` is JSON, `input` an argument list in Python's form; `func_name` may be `Solution().name`.
* the complexity is spelt `cyc_comlexity`; it is radon's maximum over functions and classes.
* `ground_truth` is text in any form: a literal, words, or (once) a JSON object.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from core_bench.errors import CoreBenchError
from core_bench.suites.sources.missing_imports import with_imports
from core_bench.suites.sources.rows import Row
from core_bench.suites.sources.source import Benchmark, Skipped, Task
from tracer import InputError, parse_arguments

_METHOD = "Solution()."


@dataclass(frozen=True, slots=True)
class PublishedProbe:
    """A row of `core_qa.json`.

    Attributes:
        number: its place in the file, from 1: ids repeat.
        step: index of a line event, from 1, over all frames of the program.
        line: the line that the authors' trace displays there: the one about to run, less one.
        output: what the call returns, as JSON.
    """

    number: int
    id: str
    question: str
    gold: str
    answer_type: str
    step: int
    line: int
    code: str
    function: str
    input: str
    output: str
    complexity: int

    @property
    def name(self) -> str:
        """The id and the place in the file, which together are a key."""
        return f"{self.id}#{self.number}"

    @property
    def imports(self) -> str:
        """The import lines that the program forgot, because its authors' runner had them."""
        return with_imports(self.code).removesuffix(self.code)


def published_probes(rows: Iterable[Row]) -> list[PublishedProbe]:
    """Read the rows of `core_qa.json`.

    Raises:
        CoreBenchError: a row lacks a field or has it in another form; its number and the field are named.
    """
    return [_probe(number, row) for number, row in enumerate(rows, 1)]


def _probe(number: int, row: Row) -> PublishedProbe:
    try:
        gold = row["ground_truth"]
        return PublishedProbe(
            number=number,
            id=str(row["id"]),
            question=str(row["question"]),
            gold=gold if isinstance(gold, str) else json.dumps(gold),
            answer_type=str(row["answer_type"]),
            step=int(row["target_step_index"]),
            line=int(row["target_line_number"]),
            code=str(row["source_code"]),
            function=str(row["meta_data"]["func_name"]),
            input=str(row["input"]),
            output=str(row["output"]),
            complexity=int(row["meta_data"]["cyc_comlexity"]),
        )
    except KeyError as error:
        raise CoreBenchError(
            f"row {number} has no field {error}", "See whether this really is core_qa.json of CoRE."
        ) from None
    except (TypeError, ValueError) as error:
        raise CoreBenchError(f"row {number}: {error}", "See whether this really is core_qa.json.") from None


def _read(rows: Iterable[Row], skipped: Skipped) -> Iterator[Task]:
    ordered = sorted(rows, key=lambda row: (_problem_of(row), _function_of(row)))
    for (problem, function), members in groupby(
        ordered, key=lambda row: (_problem_of(row), _function_of(row))
    ):
        inputs: dict[str, None] = {}
        programs: dict[str, str] = {}
        for row in members:
            try:
                parse_arguments(str(row["input"]))
            except InputError:
                skipped.add("whose input has no literal", str(row["id"]))
                continue
            inputs[str(row["input"])] = None
            programs.setdefault(_callable(str(row["source_code"]), function), _vendor(row))
        if inputs:
            (first, _), *others = programs.items()
            yield Task(
                id=f"CoRE-{problem}-{function.removeprefix(_METHOD)}",
                title=function.removeprefix(_METHOD),
                description="Programs that models wrote for one problem.",
                entry_point=function.removeprefix(_METHOD),
                inputs=tuple(inputs),
                programs=(("reference", first), *((vendor, code) for code, vendor in others)),
            )


def _problem_of(row: Row) -> str:
    return str(row["id"]).rpartition("/")[2].partition("_")[0]


def _function_of(row: Row) -> str:
    return str(_meta(row)["func_name"])


def _vendor(row: Row) -> str:
    return str(_meta(row).get("model_name") or row.get("model_used") or "alternate").replace("/", "-")


def _meta(row: Row) -> Mapping[str, Any]:
    found: Mapping[str, Any] = row["meta_data"]
    return found


def _callable(code: str, function: str) -> str:
    """Return a program that has the function at its top: a method of `Solution` gets one that calls it."""
    whole = with_imports(f"{code.rstrip()}\n")
    if not function.startswith(_METHOD):
        return whole
    name = function.removeprefix(_METHOD)
    return f"{whole}\n\ndef {name}(*arguments):\n    return {function}(*arguments)\n"


BENCHMARK = Benchmark("core-published", "CoRE (published)", "unstated", None, _read)
