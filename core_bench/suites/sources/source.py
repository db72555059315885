"""What every source of problems gives, and what it is."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from core_bench.errors import CoreBenchError
from core_bench.records import Implementation, LeftOut, Problem
from core_bench.suites.problems import Source, split_problems
from core_bench.suites.sources.rows import Row


@dataclass(frozen=True, slots=True)
class Task:
    """A problem as a source gives it, before it is known on which side of the split it falls.

    Attributes:
        id: Its id, free of slashes.
        title: A line about it.
        description: What is asked for, in the source's words.
        entry_point: The function that is called.
        inputs: Argument lists as text.
        programs: Family -> code, the reference first; several of one family are numbered.
        outputs: (argument list, literal) pairs that the source's own tests expect of the reference.
        contradiction: How the source's own tests fail on the reference; None where they do not.
    """

    id: str
    title: str
    description: str
    entry_point: str
    inputs: tuple[str, ...]
    programs: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str], ...] = ()
    contradiction: str | None = None


@dataclass(slots=True)
class Skipped:
    """Rows that became no problem, by reason."""

    reasons: dict[str, list[str]] = field(default_factory=dict)

    def add(self, reason: str, row: str) -> None:
        """Note that a row was left out."""
        self.reasons.setdefault(reason, []).append(row)

    def rows(self) -> list[LeftOut]:
        """Return them as a suite records what it was to be built from and does not hold."""
        return [
            LeftOut(what="problem", id=row, reason="not read", detail=f"a row {reason}")
            for reason, rows in self.reasons.items()
            for row in rows
        ]

    def __str__(self) -> str:
        return "; ".join(
            f"{len(rows)} {reason} ({', '.join(rows[:3])}{', ...' if len(rows) > 3 else ''})"
            for reason, rows in self.reasons.items()
        )


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A public benchmark that problems can be taken from.

    Attributes:
        name: Its name on the command line.
        title: Its full name, kept as the origin of its problems.
        licence: What its authors allow; `unstated` where they say nothing.
        hub: (dataset, configuration, split) on the Hugging Face Hub.
        read: Turns its rows into tasks, and notes what it leaves out.
    """

    name: str
    title: str
    licence: str
    hub: tuple[str, str | None, str] | None
    read: Callable[[Iterable[Row], Skipped], Iterator[Task]]


def sources_of(tasks: Iterable[Task], *, origin: str, licence: str) -> tuple[Source, ...]:
    """Give every task its side of the split, and its implementations their ids.

    Raises:
        CoreBenchError: there is no task, or two have one id.
    """
    listed = list(tasks)
    found = {task.id: task for task in listed}
    if not found:
        raise CoreBenchError(f"{origin} gave no problem that can be used")
    if len(found) < len(listed):
        twice = next(task.id for task in listed if found[task.id] is not task)
        raise CoreBenchError(f"{origin} has two problems of the id {twice}")
    splits = split_problems(sorted(found))
    return tuple(
        Source(
            Problem(
                id=task.id,
                title=task.title,
                description=task.description,
                entry_point=task.entry_point,
                topics=(),
                inputs=task.inputs,
                split=splits[task.id],
                origin=origin,
                licence=licence,
            ),
            tuple(_implementations(task)),
            outputs=task.outputs,
            contradiction=task.contradiction,
        )
        for task in found.values()
    )


def _implementations(task: Task) -> Iterator[Implementation]:
    counts: dict[str, int] = {}
    families = [family for family, _ in task.programs]
    for family, code in task.programs:
        counts[family] = counts.get(family, 0) + 1
        name = family if families.count(family) == 1 else f"{family}-{counts[family]}"
        yield Implementation(id=f"{task.id}/{name}", problem=task.id, family=family, code=code)
