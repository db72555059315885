"""Lists every query that may be worth asking of a run; what execution answers is told elsewhere."""

import ast
from collections.abc import Iterable, Iterator

from core_bench.records import ProbeQuery
from core_bench.suites.views import FrameView, Run, RunView, around, header, loads
from tracer import (
    ArgumentValue,
    ConditionOutcome,
    ExceptionLine,
    ExceptionType,
    ExpressionQuery,
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
    is_marker,
)
from tracer.program import parameters_of

MAX_GOLD_CHARS = 40
MAX_EXPRESSION_CHARS = 60
MAX_OCCURRENCE = 6
MAX_CALL = 6

_NO_ANSWERS = frozenset({"None", "'GeneratorExit'", "'StopIteration'"})
"""What a type gives away, and what the interpreter itself raises when a generator is not needed any more."""


def is_worth(gold: str) -> bool:
    """A type of one value gives the answer away; a long answer tests patience."""
    return len(gold) <= MAX_GOLD_CHARS and gold not in _NO_ANSWERS


def queries(run: Run, view: RunView) -> Iterator[ProbeQuery]:
    """Yield the queries; each may still be refused, or have an answer that is not worth asking for."""
    for frame in run.trace.frames:
        found = view.frame(frame.function, frame.call)
        if frame.call > MAX_CALL or found is None or not _is_plain_function(frame.function):
            continue
        yield from _at_steps(found)
        yield from _of_loops(found)
        yield from _of_variables(found)
        yield from _of_lines(found)
        yield from _of_calls(found)
    if run.observation is not None:
        yield from _of_expressions(run, view)


def _is_plain_function(name: str) -> bool:
    """Comprehensions and lambdas have frames of their own, but no name that a question could give."""
    return "<" not in name.replace("<locals>", "")


def _at_steps(view: FrameView) -> Iterator[ProbeQuery]:
    function, call = view.frame.function, view.frame.call
    for index, step in enumerate(view.steps):
        if step.occurrence > MAX_OCCURRENCE or step.raised is not None:
            continue
        at = (function, call, step.line, step.occurrence)
        node = view.node(index)
        if step.branch is not None:
            yield ConditionOutcome(*at)
        if step.branch is not None or isinstance(node, ast.For | ast.Break | ast.Continue):
            yield NextLine(*at)
        for name in _computed(node, step.changed):
            yield ValueAfter(*at, name)
            if step.iterations:
                yield ValueAtIteration(function, call, step.line, step.iterations, name)
        if step.occurrence > 1 or isinstance(node, ast.Return):
            for name in filter(_is_telling, loads(header(node))):
                writer = view.writer(name, index)
                if writer is not None and not _only_copies(view.node(writer)):
                    yield ValueBefore(*at, name)
        if isinstance(node, ast.Assign | ast.Return):
            yield from _alike(view, index, at)


def _alike(view: FrameView, index: int, at: tuple[str, int, int, int]) -> Iterator[SameObject]:
    """Yield pairs of names of one object, or of two objects that look alike."""
    objects = view.frame.objects(index)
    if len(objects) < 2:
        return
    state = view.frame.after(index)
    names = sorted(name for name in objects if name in state and not is_marker(state[name]))
    for place, left in enumerate(names):
        for right in names[place + 1 :]:
            if objects[left] == objects[right] or state[left] == state[right]:
                yield SameObject(*at, left, right)


def _of_loops(view: FrameView) -> Iterator[ProbeQuery]:
    function, call = view.frame.function, view.frame.call
    for run in view.frame.loops:
        if run.entry > MAX_OCCURRENCE:
            continue
        yield LoopIterations(function, call, run.line, run.entry)
        for name in filter(_is_telling, _carried(view.program.nodes[run.line])):
            yield ValueAtLoopExit(function, call, run.line, run.entry, name)


def _of_variables(view: FrameView) -> Iterator[NthValue]:
    for name, indices in view.writes.items():
        first = name in view.frame.arguments or name in view.frame.globals
        if len(indices) + first < 3 or not _is_telling(name):
            continue
        for place, index in enumerate(indices[: MAX_OCCURRENCE - first]):
            if not _only_copies(view.node(index)) and not isinstance(view.node(index), ast.For):
                yield NthValue(view.frame.function, view.frame.call, name, place + 1 + first)


def _of_lines(view: FrameView) -> Iterator[LineExecuted | LineCount]:
    """Yield questions about whether and how often a line runs: in blocks that do not run each time."""
    function, call = view.frame.function, view.frame.call
    seen = [step.line for step in view.steps]
    if not seen:
        return
    own = around(view.program.source)
    for line, blocks in own.items():
        if not blocks or not min(seen) <= line <= max(seen):
            continue
        if any(isinstance(block, ast.If) for block in blocks):
            yield LineExecuted(function, call, line)
        if view.program.loops.get(line) and line in seen:
            yield LineCount(function, call, line)


def _of_calls(view: FrameView) -> Iterator[ProbeQuery]:
    frame = view.frame
    function, call = frame.function, frame.call
    if frame.raised is not None:
        if not _is_only_exception(frame.raised, view):
            yield ExceptionType(function, call)
        if not any(isinstance(node, ast.Try | ast.TryStar | ast.With) for node in _own_nodes(view)):
            yield ExceptionLine(function, call)
    if frame.parent is not None:  # of the first call everybody sees the arguments, and samples ask the result
        yield ReturnValue(function, call)
        parameters = parameters_of(view.program.source).get(function, frozenset())
        for name in frame.arguments:  # variables of the functions around it are among them
            if name in parameters:
                yield ArgumentValue(function, call, name)


def _is_only_exception(name: str, view: FrameView) -> bool:
    """Tell whether a program raises this exception by name and no other: then nobody needs to execute it."""
    raised = {
        part.id
        for node in view.program.nodes.values()
        if isinstance(node, ast.Raise)
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and part.id[:1].isupper()
    }
    return raised == {name}


def _own_nodes(view: FrameView) -> Iterator[ast.AST]:
    """Yield the statements that the call executed."""
    return filter(None, (view.program.nodes.get(line) for line in {step.line for step in view.steps}))


def _of_expressions(run: Run, view: RunView) -> Iterator[ExpressionQuery]:
    observation = run.observation
    assert observation is not None
    for found in observation.evaluations():
        function, expression = found.function, found.expression
        if (
            found.call > MAX_CALL
            or found.occurrence > MAX_OCCURRENCE
            or found.evaluation > 1
            or not _is_plain_function(function)
            or not is_worth(found.literal)
            or found.line in view.program.unclear
            or view.frame(function, found.call) is None
            or len(expression.text) > MAX_EXPRESSION_CHARS
        ):
            continue
        at = (function, found.call, found.line, found.occurrence, expression.text)
        if _is_inner(expression.text, view.program.nodes.get(found.line)):
            yield ExpressionValue(*at)
        if expression.operands:
            for operand in range(1, expression.operands + 1):
                yield OperandOutcome(*at, operand)


def _is_inner(text: str, node: ast.AST | None) -> bool:
    """Tell whether an expression is compound, and not all that its statement evaluates."""
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError:
        return False
    if not isinstance(tree, ast.BinOp | ast.BoolOp | ast.Compare | ast.IfExp | ast.Subscript | ast.Call):
        return False
    whole = node.value if isinstance(node, ast.Assign | ast.AugAssign | ast.Return | ast.Expr) else None
    tops = [whole] if whole is not None else list(header(node))
    return all(ast.unparse(top) != ast.unparse(tree) for top in tops)


def _computed(node: ast.AST | None, changed: Iterable[str]) -> list[str]:
    """Return the names that a statement gives a value worth asking for: not those that it merely copies."""
    if node is None or isinstance(node, ast.For | ast.AsyncFor | ast.FunctionDef | ast.ClassDef):
        return []
    return [] if _only_copies(node) else sorted(filter(_is_telling, changed))


def _is_telling(name: str) -> bool:
    """Tell whether a variable is meant to be looked at."""
    return not name.startswith("_")


def _only_copies(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Assign | ast.AnnAssign) and _is_plain(node.value)


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


def _carried(loop: ast.AST) -> list[str]:
    """Return the variables that the body of a loop writes, in the order of their first place."""
    assert isinstance(loop, ast.For | ast.AsyncFor | ast.While)
    names: dict[str, None] = {}
    for statement in loop.body:
        for part in ast.walk(statement):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                names.setdefault(part.id)
            elif isinstance(part, ast.Attribute | ast.Subscript) and isinstance(part.value, ast.Name):
                names.setdefault(part.value.id)
    return list(names)
