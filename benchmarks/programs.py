"""The programs at hand for checks: our own problems, HumanEval and CRUXEval, with their inputs.

The public data is looked for in the folder that CORE_BENCH_DATA names (default: ../shared/data). Its programs
run in this process: they are published, small, and do nothing but compute.
"""

import contextlib
import copy
import io
import json
import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tracer import InputError, parse_arguments

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Case:
    """One call: `arguments` gives (positional, keyword) afresh each time; `output` is the published one."""

    origin: str
    name: str
    source: str
    entry_point: str
    inputs: tuple
    output: str | None = None

    def arguments(self):
        """Return fresh arguments."""
        return copy.deepcopy(self.inputs)

    def load(self, filename="<program>"):
        """Execute the program anew and return its entry point."""
        scope = {"__name__": "program"}
        exec(compile(self.source, filename, "exec"), scope)
        return scope[self.entry_point]


def data_folder() -> Path:
    """Return the folder of the public data; it may not exist."""
    return Path(os.environ.get("CORE_BENCH_DATA", ROOT.parent / "shared" / "data"))


def own() -> Iterator[Case]:
    """Yield every implementation in data/problems on every input."""
    for folder in sorted((ROOT / "data" / "problems").iterdir()):
        problem = tomllib.loads((folder / "problem.toml").read_text())
        for path in (folder / "reference.py", *sorted(folder.glob("alternate_*.py"))):
            for text in problem["inputs"]:
                given = parse_arguments(text)
                inputs = (given.positional, given.keyword)
                yield Case(
                    "own", f"{folder.name}/{path.stem}", path.read_text(), problem["entry_point"], inputs
                )


def cruxeval(every: int = 1) -> Iterator[Case]:
    """Yield the CRUXEval samples, or each `every`-th."""
    rows = (data_folder() / "cruxeval.jsonl").read_text().splitlines()
    for line in rows[::every]:
        row = json.loads(line)
        try:
            given = parse_arguments(row["input"])
            inputs = (given.positional, given.keyword)
        except InputError:  # a few inputs are expressions; they are part of the published data
            scope = {"__name__": "program"}
            exec(compile(row["code"], "<cruxeval>", "exec"), scope)
            inputs = eval(f"(lambda *a, **k: (a, k))({row['input']})", scope)
        yield Case("CRUXEval", row["id"], row["code"], "f", inputs, row["output"])


def humaneval(most: int | None = None) -> Iterator[Case]:
    """Yield the HumanEval canonical solutions on the inputs of their tests, at most `most` a problem.

    The tests call a candidate; here it is one that notes its arguments.
    """
    for line in (data_folder() / "humaneval.jsonl").read_text().splitlines():
        row = json.loads(line)
        source = row["prompt"] + row["canonical_solution"]
        scope = {"__name__": "program"}
        exec(compile(source, "<humaneval>", "exec"), scope)
        solution = scope[row["entry_point"]]
        seen = []

        def candidate(*args, _seen=seen, _solution=solution, **kwargs):
            _seen.append(copy.deepcopy((args, kwargs)))
            return _solution(*args, **kwargs)

        exec(compile(row["test"], "<humaneval test>", "exec"), scope)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(AssertionError):
            scope["check"](candidate)
        for inputs in seen[:most]:
            yield Case("HumanEval", row["task_id"], source, row["entry_point"], inputs)


def all_cases() -> Iterator[Case]:
    """Yield every case at hand."""
    yield from own()
    if data_folder().is_dir():
        yield from humaneval()
        yield from cruxeval()
