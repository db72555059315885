"""Which of the four dimensions a probe touches, by rules over the syntax and the trace.

The dimensions are CoRE's (Arithmetic, Logic, State, Boundary); the rules are ours. "The asked code" is the
statement that made the asked value, the asked condition or expression, or the header of the asked loop
(`core_bench.suites.subjects`).

* arithmetic: the asked code has an arithmetic or bitwise operator, and the answer is a number that it
  computes or a truth that rests on it.
* logic: the question is about a condition, an operand, or where control goes; or the asked code has a
  comparison, `and`, `or`, `not` or a conditional expression; or the asked value is made under an `if` in a
  loop.
* state: the answer rests on what earlier executions left behind: the asked code builds on the value that the
  variable had, at least for the second time; or it reads a variable that was built up so; or it is about a
  recursive call, about which object a name stands for, or about a variable after a loop of several
  iterations.
* boundary: the question is about how a loop ends (its iterations, a value right after it, the condition of a
  `while`, how often a line in it runs), about the last of several iterations or the last value of a variable,
  about the innermost of recursive calls, or about the exception that ends a call.
"""

import ast
from functools import lru_cache

from core_bench.records import DIMENSIONS, Dimension, ProbeQuery
from core_bench.suites.subjects import Subject, subject_of
from core_bench.suites.views import RunView, carries, loads
from tracer import LineCount, NextLine, NthValue, ValueAtLoopExit

ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)
BITWISE = (ast.LShift, ast.RShift, ast.BitAnd, ast.BitOr, ast.BitXor)
_NUMBER_STARTS = frozenset("-0123456789")
_TRUTHS = frozenset({"condition", "operand_outcome"})
_CONTROL = frozenset({"condition", "operand_outcome", "next_line", "line_executed"})
_EXCEPTIONS = frozenset({"exception_type", "exception_line"})
_LINES = frozenset({"next_line", "exception_line"})
_CALLS = frozenset({"argument", "return_value"})


def dimensions_of(query: ProbeQuery, gold: str, run: RunView) -> tuple[Dimension, ...]:
    """Return the dimensions of a query whose answer in a run is the literal `gold`; () where it has none."""
    subject = subject_of(query, run)
    if subject is None:
        return ()
    found: set[Dimension] = set()
    if _is_arithmetic(query, gold, subject):
        found.add("arithmetic")
    if _is_logic(query, subject):
        found.add("logic")
    if _is_state(query, subject, run):
        found.add("state")
    if _is_boundary(query, subject, run):
        found.add("boundary")
    return tuple(dimension for dimension in DIMENSIONS if dimension in found)


@lru_cache(maxsize=8192)
def computes(node: ast.AST) -> int:
    """Return how many arithmetic and bitwise operators a piece of code has."""
    return sum(
        isinstance(part, ast.BinOp | ast.AugAssign) and isinstance(part.op, ARITHMETIC + BITWISE)
        for part in ast.walk(node)
    )


@lru_cache(maxsize=8192)
def decides(node: ast.AST) -> bool:
    """Tell whether a piece of code compares or combines truths."""
    return any(
        isinstance(part, ast.Compare | ast.BoolOp | ast.IfExp)
        or (isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.Not))
        for part in ast.walk(node)
    )


def _is_arithmetic(query: ProbeQuery, gold: str, subject: Subject) -> bool:
    if query.kind in _LINES:
        return False
    answers = query.kind in _TRUTHS or gold[0] in _NUMBER_STARTS or gold in ("True", "False")
    return answers and any(map(computes, subject.nodes))


def _is_logic(query: ProbeQuery, subject: Subject) -> bool:
    if query.kind in _CONTROL or any(map(decides, subject.nodes)):
        return True
    blocks = subject.enclosing
    loops = [place for place, block in enumerate(blocks) if not isinstance(block, ast.If)]
    return bool(loops) and any(isinstance(block, ast.If) for block in blocks[loops[0] :])


def _is_state(query: ProbeQuery, subject: Subject, run: RunView) -> bool:
    view = run.frame(query.function, query.call)
    if query.kind == "same_object":
        return True
    if query.kind in _CALLS and view is not None and run.is_recursive(view):
        return True
    if isinstance(query, ValueAtLoopExit) and view is not None:
        passed = view.loop_run(query.line, query.entry)
        if passed is not None and passed.iterations > 1:
            return True
    if subject.index is None:
        return False
    step = subject.view.steps[subject.index]
    if subject.name is not None:
        if step.occurrence > 1 and carries(subject.view.node(subject.index), subject.name):
            return True
        others = [name for name in loads(subject.nodes) if name != subject.name]
        return any(subject.view.carried(name, subject.index) for name in others)
    return any(subject.view.carried(name, subject.index) for name in loads(subject.nodes))


def _is_boundary(query: ProbeQuery, subject: Subject, run: RunView) -> bool:
    if query.kind in ("loop_iterations", "value_at_loop_exit") or query.kind in _EXCEPTIONS:
        return True
    view = subject.view
    if isinstance(query, LineCount):
        return bool(view.program.loops.get(query.line))
    if isinstance(query, NthValue):
        return subject.index is not None and subject.index == view.writes[query.name][-1]
    if query.kind in _CALLS:
        called = run.frame(query.function, query.call)
        if called is None or not run.is_recursive(called):
            return False
        return not any(frame.function == query.function for frame in run.callees(called))
    if subject.index is None:
        return False
    node = view.node(subject.index)
    if query.kind in _CONTROL and isinstance(node, ast.While):
        return True
    if isinstance(query, NextLine) and isinstance(node, ast.For):
        follows = view.steps[subject.index].next_line
        return follows is not None and not view.program.headers[query.line].body_holds(follows)
    return view.is_last_iteration(subject.index)
