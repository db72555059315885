"""A trace as the rules for probes look at it: what wrote a value, what stands around a line."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from tracer import Frame, LoopRun, Observation, Program, Step, Trace, analyse

Compound = ast.If | ast.While | ast.For | ast.AsyncFor


@dataclass(frozen=True, slots=True)
class Run:
    """What one implementation did on one input, as far as it may be asked about.

    Attributes:
        input: the argument list.
        trace: its frames and steps.
        observation: the values of its sub-expressions; None where an instrumented copy told nothing certain.
    """

    input: str
    trace: Trace
    observation: Observation | None = None


class FrameView:
    """One call, with its steps at hand by line and by the names that they change."""

    def __init__(self, frame: Frame, program: Program) -> None:
        self.frame = frame
        self.program = program
        self.steps: tuple[Step, ...] = tuple(frame.steps)
        self.at = {(step.line, step.occurrence): index for index, step in enumerate(self.steps)}

    @cached_property
    def writes(self) -> dict[str, list[int]]:
        """Name -> the steps that changed it."""
        found: dict[str, list[int]] = {}
        for index, step in enumerate(self.steps):
            for name in dict.fromkeys((*step.changed, *step.resumed)):
                found.setdefault(name, []).append(index)
        return found

    def writer(self, name: str, before: int) -> int | None:
        """Return the last step before the step at `before` that changed a name; None where none did."""
        return next((index for index in reversed(self.writes.get(name, [])) if index < before), None)

    def node(self, index: int) -> ast.AST | None:
        """Return the statement that a step executed."""
        return self.program.nodes.get(self.steps[index].line)

    def loop_run(self, line: int, entry: int) -> LoopRun | None:
        """Return the k-th pass through the loop on a line."""
        return next((run for run in self.frame.loops if run.line == line and run.entry == entry), None)

    def is_last_iteration(self, index: int) -> bool:
        """Tell whether a step is in the last of several iterations of the loop right around it."""
        step = self.steps[index]
        loops = self.program.loops.get(step.line, ())
        if not loops or step.iterations[-1] < 2:
            return False
        for run in self.frame.loops:
            if run.line == loops[-1].line and (run.after is None or run.after > index):
                return run.iterations == step.iterations[-1]
        return False

    def carried(self, name: str, before: int) -> bool:
        """Tell whether the value of a name before a step was built up by repeated executions of one line."""
        index = self.writer(name, before)
        if index is None or self.steps[index].occurrence < 2:
            return False
        return carries(self.node(index), name)


class RunView:
    """One run, frame by frame."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.program = analyse(trace.code)
        self._frames: dict[tuple[str, int], FrameView] = {}
        self._indices = {(frame.function, frame.call): i for i, frame in enumerate(trace.frames)}
        self.calls: dict[str, int] = {}
        for frame in trace.frames:
            self.calls[frame.function] = max(frame.call, self.calls.get(frame.function, 0))

    def frame(self, function: str, call: int) -> FrameView | None:
        """Return a call of a function; None where it does not happen."""
        index = self._indices.get((function, call))
        return None if index is None else self._view(index)

    def caller(self, view: FrameView) -> tuple[FrameView, int] | None:
        """Return the calling frame and the step of it that made the call; None where no frame did."""
        parent, step = view.frame.parent, view.frame.caller_step
        return None if parent is None or step is None else (self._view(parent), step)

    def callees(self, view: FrameView) -> Iterator[Frame]:
        """Yield the frames that a frame called."""
        index = self._indices[view.frame.function, view.frame.call]
        return (frame for frame in self.trace.frames if frame.parent == index)

    def is_recursive(self, view: FrameView) -> bool:
        """Tell whether the call was made, directly or not, by a call of the same function."""
        frame = view.frame
        while frame.parent is not None:
            frame = self.trace.frames[frame.parent]
            if frame.function == view.frame.function:
                return True
        return False

    def _view(self, index: int) -> FrameView:
        frame = self.trace.frames[index]
        key = frame.function, frame.call
        if key not in self._frames:
            self._frames[key] = FrameView(frame, self.program)
        return self._frames[key]


def header(node: ast.AST | None) -> tuple[ast.AST, ...]:
    """Return what is evaluated at a statement itself, without the blocks that it holds."""
    match node:
        case ast.If(test=test) | ast.While(test=test):
            return (test,)
        case ast.For(iter=source) | ast.AsyncFor(iter=source):
            return (source,)
        case ast.Match(subject=subject):
            return (subject,)
        case ast.With(items=items) | ast.AsyncWith(items=items):
            return tuple(item.context_expr for item in items)
        case None | ast.Try() | ast.TryStar() | ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return ()
        case ast.ExceptHandler() | ast.pattern():
            return ()
    return (node,)


def carries(node: ast.AST | None, name: str) -> bool:
    """Tell whether a statement's effect on `name` builds on the value that `name` had."""
    if node is None or isinstance(node, ast.For | ast.AsyncFor):
        return False
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        return node.target.id == name
    names = [part for top in header(node) for part in ast.walk(top) if isinstance(part, ast.Name)]
    own = [part for part in names if part.id == name]
    return any(isinstance(part.ctx, ast.Load) for part in own) or not own


def loads(nodes: tuple[ast.AST, ...]) -> list[str]:
    """Return the names that expressions read, each once, in source order."""
    found: dict[str, None] = {}
    for top in nodes:
        for part in ast.walk(top):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
                found.setdefault(part.id)
    return list(found)


@lru_cache(maxsize=512)
def around(source: str) -> dict[int, tuple[Compound, ...]]:
    """Return line -> the conditions and loops whose block it is in, outermost first, within its function."""
    found: dict[int, tuple[Compound, ...]] = {}

    def visit(statements: list[ast.stmt], outer: tuple[Compound, ...]) -> None:
        for statement in statements:
            found.setdefault(statement.lineno, outer)
            inside = (*outer, statement) if isinstance(statement, Compound) else outer
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inside = ()
            for block in ("body", "orelse", "finalbody"):
                visit(getattr(statement, block, []), inside)
            for part in (*getattr(statement, "handlers", []), *getattr(statement, "cases", [])):
                visit(part.body, inside)

    visit(ast.parse(source).body, ())
    return found
