"""Which of the four dimensions a probe touches, by rules over the syntax and the trace.

The dimensions are CoRE's (Arithmetic, Logic, State, Boundary); the rules are ours:

* arithmetic: the answer is a number that the asked statement computes with an arithmetic or bitwise
  operator, or the asked condition contains one.
* logic: the question is about a condition, or the asked statement contains a comparison, `and`, `or`,
  `not` or a conditional expression.
* state: the answer depends on what earlier executions left behind: the statement reads the variable that
  it writes, or changes an object in place, at least the second time; or a variable is asked for after a
  loop of two or more iterations.
* boundary: the question is about how a loop ends: its number of iterations, a value right after it, the
  condition of a `while`, or a statement in the last of several iterations.
"""

import ast

from core_bench.records import DIMENSIONS, Dimension
from tracer import ConditionOutcome, Frame, LoopIterations, Step, ValueAfter, ValueAtLoopExit, analyse

_NUMERIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)
_BITWISE = (ast.LShift, ast.RShift, ast.BitAnd, ast.BitOr, ast.BitXor)
_NUMBER_STARTS = frozenset("-0123456789")


def dimensions_of(
    query: ValueAfter | ConditionOutcome | LoopIterations | ValueAtLoopExit,
    gold: str,
    frame: Frame,
    code: str,
) -> tuple[Dimension, ...]:
    """Return the dimensions of a query whose answer in `frame` is the literal `gold`."""
    program = analyse(code)
    node = program.nodes[query.line]
    found: set[Dimension] = set()
    match query:
        case ValueAfter():
            step = _step(frame, query)
            if _computes(node) and gold[0] in _NUMBER_STARTS:
                found.add("arithmetic")
            if _decides(node):
                found.add("logic")
            if query.occurrence > 1 and _carries(node, query.name):
                found.add("state")
            if _in_last_iteration(step, frame, code):
                found.add("boundary")
        case ConditionOutcome():
            found.add("logic")
            if _computes(_test(node)):
                found.add("arithmetic")
            if isinstance(node, ast.While) or _in_last_iteration(_step(frame, query), frame, code):
                found.add("boundary")
        case LoopIterations():
            found.add("boundary")
            if isinstance(node, ast.While):
                found.add("logic")
        case ValueAtLoopExit():
            found.add("boundary")
            if _iterations(frame, query) > 1:
                found.add("state")
    return tuple(dimension for dimension in DIMENSIONS if dimension in found)


def _step(frame: Frame, query: ValueAfter | ConditionOutcome) -> Step:
    return next(s for s in frame.steps if s.line == query.line and s.occurrence == query.occurrence)


def _iterations(frame: Frame, query: ValueAtLoopExit) -> int:
    return next(r.iterations for r in frame.loops if r.line == query.line and r.entry == query.entry)


def _test(node: ast.AST) -> ast.AST:
    assert isinstance(node, ast.If | ast.While)
    return node.test


def _computes(node: ast.AST) -> bool:
    return any(
        isinstance(part, ast.BinOp | ast.AugAssign) and isinstance(part.op, _NUMERIC + _BITWISE)
        for part in ast.walk(node)
    )


def _decides(node: ast.AST) -> bool:
    return any(
        isinstance(part, ast.Compare | ast.BoolOp | ast.IfExp)
        or (isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.Not))
        for part in ast.walk(node)
    )


def _carries(node: ast.AST, name: str) -> bool:
    """Tell whether the statement's effect on `name` builds on the value that `name` had."""
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        return node.target.id == name
    names = [part for part in ast.walk(node) if isinstance(part, ast.Name) and part.id == name]
    return any(isinstance(part.ctx, ast.Load) for part in names) or not names


def _in_last_iteration(step: Step, frame: Frame, code: str) -> bool:
    """Tell whether the step is in the last of several iterations of the loop right around it."""
    loops = analyse(code).loops.get(step.line, ())
    if not loops or step.iterations[-1] < 2:
        return False
    position = frame.steps.index(step)
    for run in frame.loops:
        if run.line == loops[-1].line and (run.after is None or run.after > position):
            return run.iterations == step.iterations[-1]
    return False
