"""The figures of a card that only running the suite tells: how long traces are, and what they cover.

They are kept in the cache folder by the hash of the suite, so that the second look is free.
"""

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from pydantic import ValidationError

from core_bench.jsonl import make_folder, write_text
from core_bench.models.cache import cache_folder
from core_bench.records import Implementation
from core_bench.suites.card.figures import RunFigures, Spread
from core_bench.suites.side_by_side import side_by_side
from core_bench.suites.suite import Suite
from tracer import Trace, analyse, record_calls

_FORMAT = 1


def run_figures(
    suite: Suite,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    cache: Path | None = None,
) -> RunFigures:
    """Return what running every sample tells, from the cache where it is there.

    Args:
        suite: The suite.
        on_progress: Is told (implementations done, implementations in all) where they are run.
        cache: Where to look and to write; the usual cache folder by default.
    """
    path = (cache or cache_folder()) / "cards" / f"{suite.hash}.{_FORMAT}.json"
    if path.is_file():
        try:
            return RunFigures.model_validate_json(path.read_text(encoding="utf-8"))
        except (ValidationError, ValueError, OSError):
            path.unlink(missing_ok=True)  # half a file, or one of another version
    figures = _measured(suite, on_progress)
    make_folder(path.parent)
    write_text(path, figures.model_dump_json() + "\n")
    return figures


def _measured(suite: Suite, on_progress: Callable[[int, int], None]) -> RunFigures:
    entry_points = {problem.id: problem.entry_point for problem in suite.problems}
    inputs: defaultdict[str, list[str]] = defaultdict(list)
    for sample in suite.samples:
        inputs[sample.implementation].append(sample.input)

    def traces(program: Implementation) -> list[Trace]:
        # Lengths and coverage are no golds: one observer is enough.
        outcomes = record_calls(program.code, entry_points[program.problem], inputs[program.id], observers=1)
        return [outcome.trace for outcome in outcomes if outcome.trace is not None]

    steps: list[int] = []
    lines: list[float] = []
    branches: list[float] = []
    programs = [program for program in suite.implementations if inputs[program.id]]
    ran = zip(programs, side_by_side(traces, programs), strict=True)
    for number, (program, found) in enumerate(ran, 1):
        steps += [trace.step_count for trace in found]
        lines.append(_line_coverage(program.code, found))
        branches.append(_branch_coverage(program.code, found))
        on_progress(number, len(programs))
    return RunFigures(
        steps=Spread.of(steps),
        lines=Spread.of(lines),
        branches=Spread.of(branches),
        all_steps=tuple(steps),
        all_lines=tuple(round(value, 4) for value in lines),
    )


def _line_coverage(code: str, traces: Iterable[Trace]) -> float:
    there = _lines(code)
    seen = {line for trace in traces for frame in trace.frames for line in frame.columns.lines}
    return len(there & seen) / len(there) if there else 1.0


def _lines(code: str) -> set[int]:
    """Return the first line of every statement in a function's body that leaves a step in a trace."""
    found: set[int] = set()
    for function in ast.walk(ast.parse(code)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            inside: Sequence[ast.AST] = [part for line in function.body for part in ast.walk(line)]
            found |= {node.lineno for node in inside if isinstance(node, ast.stmt) and _leaves_a_step(node)}
    return found


def _leaves_a_step(node: ast.stmt) -> bool:
    match node:
        case ast.Global() | ast.Nonlocal() | ast.Expr(value=ast.Constant()):
            return False
        case ast.While(test=ast.Constant()) | ast.Try() | ast.Pass() | ast.Continue() | ast.Break():
            return False  # whether they have an event of their own depends on the minor
    return True


def _branch_coverage(code: str, traces: Iterable[Trace]) -> float:
    program = analyse(code)
    told = set(program.conditions) - program.unclear
    wanted = {(line, way) for line in told for way in (True, False)}
    seen = {
        (step.line, step.branch)
        for trace in traces
        for frame in trace.frames
        for step in frame.steps
        if step.branch is not None
    }
    return len(wanted & seen) / len(wanted) if wanted else 1.0
