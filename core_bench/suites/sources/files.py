"""A folder of a person's own Python files: each is a problem, tested by its doctests or a list of inputs."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from core_bench.errors import CoreBenchError
from core_bench.jsonl import read_text
from core_bench.program_files import read_program
from core_bench.suites.problems import Source
from core_bench.suites.sources.calls_in import Call, assert_calls, doctest_calls, outputs_of
from core_bench.suites.sources.source import Task, sources_of
from tracer import InputError, parse_arguments, parse_call, source_lines

INPUTS_SUFFIX = ".inputs"


def read_files(folder: Path, *, licence: str) -> tuple[Source, ...]:
    """Read every `NAME.py` of a folder, tested by the calls in its doctests and in `NAME.inputs`.

    A line of `NAME.inputs` is a call such as `f([3, 1])`, or only what stands between the parentheses; empty
    lines and lines that begin with `#` are skipped. The function is the one that the tests call; where they
    name none, the last public one of the file.

    Raises:
        CoreBenchError: a file has no tests, does not parse, or a line is no call; it is named.
    """
    files = sorted(file for file in folder.glob("*.py") if not file.name.startswith("_"))
    if not files:
        raise CoreBenchError(f"{folder} holds no Python files", "Give a folder with files such as NAME.py.")
    return sources_of(map(_task, files), origin=folder.resolve().name, licence=licence)


def _task(file: Path) -> Task:
    code = read_program(file)
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError) as error:
        raise CoreBenchError(f"{file} does not parse: {error}") from None
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    calls = [call for call in (*doctest_calls(code), *assert_calls(code)) if call.function in functions]
    calls += _listed(file.with_suffix(INPUTS_SUFFIX), functions)
    if not calls:
        raise CoreBenchError(
            f"{file} comes with no tests",
            f"Put calls into its doctests, or one a line into {file.with_suffix(INPUTS_SUFFIX).name}.",
        )
    [(entry_point, _)] = Counter(call.function for call in calls).most_common(1)
    own = [call for call in calls if call.function == entry_point]
    return Task(
        id=file.stem,
        title=entry_point,
        description=(ast.get_docstring(tree) or f"The function {entry_point} of {file.name}.").strip(),
        entry_point=entry_point,
        inputs=tuple(dict.fromkeys(call.arguments for call in own)),
        programs=(("reference", code),),
        outputs=outputs_of(own),
    )


def _listed(file: Path, functions: list[str]) -> Iterator[Call]:
    if not file.is_file():
        return
    public = [name for name in functions if not name.startswith("_")]
    for number, line in enumerate(source_lines(read_text(file)), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        try:
            found = parse_call(text) if _is_call(text, functions) else (public[-1], _arguments(text))
            yield Call(*found)
        except (InputError, IndexError) as error:
            raise CoreBenchError(
                f"{file}, line {number}: {error}",
                "Write a call with literal arguments, such as f([3, 1], k=2).",
            ) from None


def _is_call(text: str, functions: list[str]) -> bool:
    return text.partition("(")[0].strip() in functions


def _arguments(text: str) -> str:
    parse_arguments(text)
    return text
