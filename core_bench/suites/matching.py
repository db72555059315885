"""Finds the same question in several implementations of a problem.

A variable of a variant is matched to one of the program that it was made from by *provenance*: its name,
taken through the renamings of the chain of transforms. A match holds only if both variables take the same
sequence of values on every input. Where provenance is lost (a transform made the variable, or another person
wrote the program), equal sequences of values alone make a match.

A question is the same in two implementations if it is of the same kind, about matched variables, and if
everything that execution would answer to it (at each execution, in each call, on each input) is the same.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from core_bench.records import Implementation
from core_bench.suites.candidates import Candidate
from tracer import Trace

Variable = tuple[str, str]
"""Qualified name of the function, and the name."""

_MOMENT = frozenset({"call", "occurrence", "entry", "ordinal", "iterations", "when", "evaluation"})
_OWN_LINES = frozenset({"next_line", "exception_line", "line_executed"})
"""Kinds whose answer is a line, or nothing but whether one runs: never the same question elsewhere."""

_NAMED = frozenset({"value_before", "value_after", "value_at_iteration", "value_at_loop_exit", "nth_value"})
_ENOUGH = 4
"""Answers that must agree before a question without a variable counts as the same."""


@dataclass(frozen=True, slots=True)
class Program:
    """An implementation with its traces (input -> trace) and the questions that they answer."""

    implementation: Implementation
    traces: Mapping[str, Trace]
    candidates: Sequence[Candidate]


def shared_keys(programs: Sequence[Program]) -> list[list[str | None]]:
    """Return, for each candidate of each program, the name of its question; None where nobody shares it.

    Candidates of two programs with one name ask the same on the same input at the same moment, and have the
    same gold.
    """
    labels = label_variables(programs)
    named = [_keys(program, labels[place]) for place, program in enumerate(programs)]
    owners: dict[str, set[int]] = {}
    for place, keys in enumerate(named):
        for key in keys:
            if key is not None:
                owners.setdefault(key, set()).add(place)
    return [[key if key and len(owners[key]) > 1 else None for key in keys] for keys in named]


def label_variables(programs: Sequence[Program]) -> list[dict[Variable, str]]:
    """Give the variables of all programs labels: those that stand for the same share one."""
    histories = [_histories(program.traces) for program in programs]
    places = {program.implementation.id: place for place, program in enumerate(programs)}
    labels: list[dict[Variable, str]] = []
    for place, program in enumerate(programs):
        own = histories[place]
        parent = places.get(program.implementation.parent or "")
        found = {} if parent is None else _by_provenance(program, own, histories[parent], labels[parent])
        taken = set(found.values())
        for variable in sorted(own):
            if variable not in found:
                label = next(label for label in _free_labels(own[variable]) if label not in taken)
                taken.add(label)
                found[variable] = label
        labels.append(found)
    return labels


def renamed(implementation: Implementation) -> dict[Variable, str]:
    """Return the variables that the chain of an implementation renamed: (function, new name) -> old name."""
    names: dict[Variable, str] = {}
    for link in implementation.chain:
        if not link.transform.startswith("rename"):
            continue
        function = link.site.function
        before = dict(names)
        for old, new in link.parameters:
            names[function, new] = before.get((function, old), old)
    return names


def _by_provenance(
    program: Program,
    own: Mapping[Variable, str],
    parent: Mapping[Variable, str],
    labels: Mapping[Variable, str],
) -> dict[Variable, str]:
    names = renamed(program.implementation)
    found: dict[Variable, str] = {}
    for variable, history in sorted(own.items()):
        function, name = variable
        origin = (function, names.get(variable, name))
        if parent.get(origin) == history and labels[origin] not in found.values():
            found[variable] = labels[origin]
    return found


def _free_labels(history: str) -> Iterator[str]:
    """Two variables of one program that always have equal values are told apart by their order."""
    number = 0
    while True:
        yield f"{history}:{number}"
        number += 1


def _histories(traces: Mapping[str, Trace]) -> dict[Variable, str]:
    """Return each variable's sequences of distinct values, call by call and input by input, as a hash."""
    found: dict[Variable, list[object]] = {}
    for text in sorted(traces):
        for frame in traces[text].frames:
            taken: dict[str, list[str]] = {name: [value] for name, value in frame.arguments.items()}
            for step in frame.steps:
                for changed in (step.changed, step.resumed):
                    for name, value in changed.items():
                        taken.setdefault(name, []).append(value)
            for name, values in taken.items():
                found.setdefault((frame.function, name), []).append((text, frame.call, values))
    return {variable: _hash(rows) for variable, rows in found.items()}


def _keys(program: Program, labels: Mapping[Variable, str]) -> list[str | None]:
    asked: dict[tuple[object, ...], list[int]] = {}
    for index, candidate in enumerate(program.candidates):
        asked.setdefault(_topic(candidate), []).append(index)
    keys: list[str | None] = [None] * len(program.candidates)
    for indices in asked.values():
        rows = [program.candidates[index] for index in indices]
        base = _base(rows, labels)
        if base is not None:
            for index, row in zip(indices, rows, strict=True):
                keys[index] = _hash([base, row.input, _moment(row), row.gold])
    return keys


def _base(rows: Sequence[Candidate], labels: Mapping[Variable, str]) -> str | None:
    """Return what a question is, whatever program it is asked of; None where too little tells."""
    query = rows[0].query
    if query.kind in _OWN_LINES:
        return None
    answers = sorted((row.input, _moment(row), row.gold) for row in rows)
    if query.kind == "exception_type":
        return _hash([query.kind, answers])
    if query.kind in _NAMED:
        return _hash([query.kind, labels.get((query.function, getattr(query, "name", ""))), answers])
    if len(answers) < _ENOUGH or len({gold for _, _, gold in answers}) < 2:
        return None
    return _hash([query.kind, answers])


def _topic(candidate: Candidate) -> tuple[object, ...]:
    """Return a query without the numbers that say which execution is meant."""
    query = candidate.query
    return (
        query.kind,
        *(getattr(query, field.name) for field in fields(query) if field.name not in _MOMENT),
    )


def _moment(candidate: Candidate) -> tuple[str, ...]:
    query = candidate.query
    return tuple(str(getattr(query, field.name)) for field in fields(query) if field.name in _MOMENT)


def _hash(rows: object) -> str:
    return hashlib.sha256(repr(rows).encode()).hexdigest()
