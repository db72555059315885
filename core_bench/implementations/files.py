"""Reads implementations that people or models wrote: in our form, or as a benchmark's solution files."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from core_bench.errors import CoreBenchError
from core_bench.records import Record
from core_bench.suites.problems import Source
from core_bench.suites.sources.missing_imports import with_imports
from core_bench.suites.sources.rows import Row, local_rows


class Written(Record):
    """An implementation that somebody wrote: of which problem, by whom (its family), and its text."""

    problem: str
    family: str
    code: str


def read_implementations(path: Path, sources: Sequence[Source], family: str | None) -> list[Written]:
    """Read a file of implementations.

    A row names its problem by `problem`, `task_id` (HumanEval, MBPP) or `question_id` (LiveCodeBench), has
    the program in `code`, `solution`, `canonical_solution`, `completion` (what follows the problem's prompt)
    or `code_list`, and may name who wrote it in `family` or `model`. Usual imports that it forgot are added.

    Args:
        path: A JSON Lines, JSON or Parquet file.
        sources: The problems that rows may be about.
        family: For rows that do not say who wrote them; by default the name of the file.

    Raises:
        CoreBenchError: a row is about none of the problems, or holds no program; its number is said.
    """
    known = {_plain(source.problem.id): source for source in sources}
    found: list[Written] = []
    for number, row in enumerate(local_rows(path), 1):
        where = f"{path}, row {number}"
        source = known.get(_plain(_problem(row, where)))
        if source is None:
            raise CoreBenchError(
                f"{where}: there is no problem {_problem(row, where)}",
                f"The problems are of another source: say which (--source, --path). Known: {_some(known)}.",
            )
        author = row.get("family") or row.get("model") or family or path.stem
        programs = list(_programs(row, source))
        if not programs:
            raise CoreBenchError(f"{where}: it holds no program", f"Name it as one of {', '.join(_TEXTS)}.")
        found += [
            Written(problem=source.problem.id, family=str(author), code=with_imports(code))
            for code in programs
        ]
    return found


_TEXTS = ("code", "solution", "canonical_solution", "completion", "code_list")


def _problem(row: Row, where: str) -> str:
    for name in ("problem", "task_id", "question_id"):
        if row.get(name) is not None:
            return str(row[name])
    raise CoreBenchError(f"{where}: it names no problem", "Give `problem`, `task_id` or `question_id`.")


def _plain(name: str) -> str:
    """`HumanEval/3`, `HumanEval-3` and `humaneval_3` are one; so are `11` and `MBPP-11` in a file of MBPP."""
    match = re.fullmatch(
        r"(?:humaneval|mbpp|livecodebench|reval|dreval|cruxeval)?[-/_]?(\d+)", name, re.IGNORECASE
    )
    return match[1] if match else name


def _programs(row: Row, source: Source) -> Iterator[str]:
    for name in _TEXTS[:2]:
        if isinstance(row.get(name), str):
            yield _ended(row[name])
            return
    for name in _TEXTS[2:4]:
        if isinstance(row.get(name), str):
            yield _ended(str(row.get("prompt", source.problem.description)) + row[name])
            return
    if isinstance(row.get("code_list"), list):
        yield from map(_ended, row["code_list"])


def _ended(code: str) -> str:
    return code.rstrip() + "\n"


def _some(known: Mapping[str, Source]) -> str:
    names = [source.problem.id for source in known.values()]
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
