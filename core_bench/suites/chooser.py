"""Chooses probes: lists every question that a trace can answer, and takes a balanced few."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from core_bench.records import DIMENSIONS, Dimension
from core_bench.suites.dimensions import dimensions_of
from tracer import (
    ConditionOutcome,
    Frame,
    Gold,
    LoopIterations,
    Program,
    Step,
    Trace,
    ValueAfter,
    ValueAtLoopExit,
    analyse,
    evaluate,
)

MAX_GOLD_CHARS = 40
MAX_OCCURRENCE = 6
MAX_CALL = 6

_Asked = ValueAfter | ConditionOutcome | LoopIterations | ValueAtLoopExit


@dataclass(frozen=True, slots=True)
class Candidate:
    """A query with its gold literal, on the input that it is about.

    `calls` is how often the query's function is called during that run.
    """

    input: str
    query: _Asked
    gold: str
    dimensions: tuple[Dimension, ...]
    calls: int

    @property
    def place(self) -> tuple[str, int]:
        """What two probes of one implementation should not share: the kind of question and the line."""
        return (self.query.kind, self.query.line)


def choose(runs: Sequence[tuple[str, Trace]], count: int, random: Random) -> list[Candidate]:
    """Return up to `count` probes for one implementation.

    The four dimensions take turns. Each takes a candidate of its own, preferring answers that were not asked
    for yet, questions that span two dimensions, dimensions that are rare so far, and other inputs; ties
    are broken by `random`.
    """
    pool = [candidate for text, trace in runs for candidate in candidates(text, trace)]
    random.shuffle(pool)
    chosen: list[Candidate] = []
    for turn in range(count):
        wanted = DIMENSIONS[turn % len(DIMENSIONS)]
        places = {candidate.place for candidate in chosen}
        fresh = [candidate for candidate in pool if candidate.place not in places]
        if not fresh:
            break
        chosen.append(max(fresh, key=lambda candidate: _worth(candidate, wanted, chosen)))
    return chosen


def candidates(text: str, trace: Trace) -> Iterator[Candidate]:
    """Yield every probe that the run on input `text` can answer and that is worth asking."""
    program = analyse(trace.code)
    calls: dict[str, int] = {}
    for frame in trace.frames:
        calls[frame.function] = max(frame.call, calls.get(frame.function, 0))
    for frame in trace.frames:
        if frame.call > MAX_CALL:
            continue
        for query in _queries(frame, program):
            gold = evaluate(query, trace)
            if not isinstance(gold, Gold) or len(gold.literal) > MAX_GOLD_CHARS:
                continue
            dimensions = dimensions_of(query, gold.literal, frame, trace.code)
            if dimensions:
                yield Candidate(text, query, gold.literal, dimensions, calls[frame.function])


def _worth(candidate: Candidate, wanted: Dimension, chosen: Sequence[Candidate]) -> tuple[int, ...]:
    return (
        wanted in candidate.dimensions,
        -sum(other.gold == candidate.gold for other in chosen),
        min(len(candidate.dimensions), 2),
        -sum(len(set(other.dimensions) & set(candidate.dimensions) - {wanted}) for other in chosen),
        -len(candidate.dimensions),
        -sum(other.input == candidate.input for other in chosen),
    )


def _queries(frame: Frame, program: Program) -> Iterator[_Asked]:
    function, call = frame.function, frame.call
    for step in frame.steps:
        if step.occurrence > MAX_OCCURRENCE or step.raised is not None:
            continue
        if step.branch is not None:
            yield ConditionOutcome(function, call, step.line, step.occurrence)
        for name in _computed(step, program):
            yield ValueAfter(function, call, step.line, step.occurrence, name)
    for run in frame.loops:
        if run.entry > MAX_OCCURRENCE:
            continue
        yield LoopIterations(function, call, run.line, run.entry)
        for name in _carried(run.line, program):
            yield ValueAtLoopExit(function, call, run.line, run.entry, name)


def _computed(step: Step, program: Program) -> Iterator[str]:
    """Yield the names that the step gives a value worth asking for: not those that it merely copies."""
    node = program.nodes.get(step.line)
    if isinstance(node, ast.For | ast.AsyncFor | ast.FunctionDef | ast.ClassDef):
        return
    if isinstance(node, ast.Assign | ast.AnnAssign) and _is_plain(node.value):
        return
    yield from sorted(step.changed)


def _is_plain(value: ast.expr | None) -> bool:
    """Tell whether an expression only names a constant, an empty container or another variable."""
    match value:
        case None | ast.Constant() | ast.Name():
            return True
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            return all(map(_is_plain, items))
        case ast.Dict(keys=keys):
            return not keys
        case ast.UnaryOp(operand=operand):
            return isinstance(operand, ast.Constant)
        case ast.Call(func=ast.Name(), args=[], keywords=[]):
            return True
    return False


def _carried(line: int, program: Program) -> list[str]:
    """Return the variables that the body of the loop on `line` writes, in the order of their first place."""
    loop = program.nodes[line]
    assert isinstance(loop, ast.For | ast.AsyncFor | ast.While)
    names: dict[str, None] = {}
    for statement in loop.body:
        for part in ast.walk(statement):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                names.setdefault(part.id)
            elif isinstance(part, ast.Attribute | ast.Subscript) and isinstance(part.value, ast.Name):
                names.setdefault(part.value.id)
    return list(names)
