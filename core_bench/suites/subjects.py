"""What a query is about: the statements whose effect it asks for, and the step at which it asks."""

import ast
from dataclasses import dataclass

from core_bench.records import ProbeQuery
from core_bench.suites.views import Compound, FrameView, RunView, around, header
from tracer import (
    ArgumentValue,
    ConditionOutcome,
    ExceptionLine,
    ExceptionType,
    ExpressionValue,
    LineCount,
    LineExecuted,
    LoopIterations,
    NextLine,
    NthValue,
    OperandOutcome,
    ReturnValue,
    SameObject,
    ValueAfter,
    ValueAtIteration,
    ValueAtLoopExit,
    ValueBefore,
    parse_expression,
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What the rules for dimensions and criteria look at.

    Attributes:
        view: the call in which it happens (of an argument: the calling one).
        nodes: the syntax whose effect is asked for: the statement that made the value (not always the one
            that the question names), the condition, the header of the loop, the expression.
        index: the step that made it; None where no step of the call did.
        name: the variable; None where it is about none.
        line: the line whose surroundings count.
    """

    view: FrameView
    nodes: tuple[ast.AST, ...]
    index: int | None
    name: str | None
    line: int | None

    @property
    def enclosing(self) -> tuple[Compound, ...]:
        """The conditions and loops around the line, outermost first."""
        return () if self.line is None else around(self.view.program.source).get(self.line, ())


def subject_of(query: ProbeQuery, run: RunView) -> Subject | None:
    """Return what a query is about; None where the run has no such call or step."""
    view = run.frame(query.function, query.call)
    if view is None:
        return None
    match query:
        case ValueAfter() | ValueBefore() | ValueAtIteration() | ValueAtLoopExit() | NthValue():
            return _of_value(query, view)
        case SameObject() | NextLine() | ConditionOutcome():
            return _at_step(query, view)
        case ExpressionValue() | OperandOutcome():
            index = view.at.get((query.line, query.occurrence))
            return Subject(view, (parse_expression(query.expression),), index, None, query.line)
        case LoopIterations():
            return Subject(view, header(view.program.nodes.get(query.line)), None, None, query.line)
        case LineExecuted() | LineCount():
            guards = around(view.program.source).get(query.line, ())
            return Subject(view, header(guards[-1]) if guards else (), None, None, query.line)
        case ReturnValue():
            return _returned(view)
        case ArgumentValue():
            return _passed(view, run)
        case ExceptionType() | ExceptionLine():
            return _raised(view)


def _of_value(
    query: ValueAfter | ValueBefore | ValueAtIteration | ValueAtLoopExit | NthValue, view: FrameView
) -> Subject | None:
    match query:
        case ValueAfter():
            return _at_step(query, view)
        case ValueBefore():
            index = view.at.get((query.line, query.occurrence))
            return None if index is None else _written(view, query.name, index)
        case ValueAtIteration():
            index = _in_iteration(query, view)
            if index is None:
                return None
            return _written(view, query.name, index + 1 if query.when == "after" else index)
        case ValueAtLoopExit():
            found = view.loop_run(query.line, query.entry)
            if found is None:
                return None
            return _written(view, query.name, len(view.steps) if found.after is None else found.after)
        case NthValue():
            return _nth(query, view)


def _at_step(query: ValueAfter | SameObject | NextLine | ConditionOutcome, view: FrameView) -> Subject | None:
    index = view.at.get((query.line, query.occurrence))
    if index is None:
        return None
    name = query.name if isinstance(query, ValueAfter) else None
    return Subject(view, header(view.node(index)), index, name, query.line)


def _written(view: FrameView, name: str, before: int) -> Subject:
    """The statement that gave a variable the value that it has before a step."""
    index = view.writer(name, before)
    if index is None:
        return Subject(view, (), None, name, None)
    return Subject(view, header(view.node(index)), index, name, view.steps[index].line)


def _in_iteration(query: ValueAtIteration, view: FrameView) -> int | None:
    wanted = tuple(query.iterations)
    return next(
        (i for i, step in enumerate(view.steps) if step.line == query.line and step.iterations == wanted),
        None,
    )


def _nth(query: NthValue, view: FrameView) -> Subject:
    before = query.name in view.frame.arguments or query.name in view.frame.globals
    place = query.ordinal - 1 - before
    indices = view.writes.get(query.name, [])
    if not 0 <= place < len(indices):
        return Subject(view, (), None, query.name, None)
    index = indices[place]
    return Subject(view, header(view.node(index)), index, query.name, view.steps[index].line)


def _returned(view: FrameView) -> Subject | None:
    if not view.steps:
        return None
    last = len(view.steps) - 1
    node = view.node(last)
    nodes = header(node)
    line = view.steps[last].line
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Name):
        writer = view.writer(node.value.id, last)
        if writer is not None:
            return Subject(view, header(view.node(writer)), writer, node.value.id, view.steps[writer].line)
    return Subject(view, nodes, last, None, line)


def _passed(view: FrameView, run: RunView) -> Subject | None:
    caller = run.caller(view)
    if caller is None:
        return None
    calling, index = caller
    return Subject(calling, header(calling.node(index)), index, None, calling.steps[index].line)


def _raised(view: FrameView) -> Subject | None:
    index = next((i for i in range(len(view.steps) - 1, -1, -1) if view.steps[i].raised is not None), None)
    if index is None:
        return None
    line = view.steps[index].line
    nodes = header(view.node(index))
    guards = around(view.program.source).get(line, ())
    if isinstance(view.node(index), ast.Raise) and guards:
        nodes = (*nodes, *header(guards[-1]))
    return Subject(view, nodes, index, None, line)
