"""While loops that take the next item from an iterator."""

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.edits import simple
from variants.rewriting.expressions import text
from variants.rewriting.loops import Statement, is_forgotten, while_loop


def step_iterator(program: Program, loop: cst.For) -> list[Statement] | None:
    """`for x in anything` with `next` and a sentinel: exact for lazy and for changing iterables too.

    The variable itself receives the sentinel only where nobody reads it afterwards.
    """
    if not program.is_builtin("iter", "next", "object") or _notices_closing(program):
        return None
    iterator = program.fresh("iterator", "remaining", "source")
    end = program.fresh("end", "done", "sentinel", "missing")
    before: list[Statement] = [
        simple(program, f"{iterator} = iter({_argument(program, loop.iter)})"),
        simple(program, f"{end} = object()"),
    ]
    target = program.text(loop.target)
    item, first = target, []
    if not is_forgotten(program, loop, loop.target):
        item = program.fresh("item", "current", "entry", "element")
        first = [simple(program, f"{target} = {item}")]
    condition = f"({item} := next({iterator}, {end})) is not {end}"
    return [*before, while_loop(program, loop, condition, first=first)]


def _argument(program: Program, iterable: cst.BaseExpression) -> str:
    if isinstance(iterable, cst.Tuple) and not iterable.lpar:
        return f"({program.text(iterable)})"
    return text(program, iterable)


def _notices_closing(program: Program) -> bool:
    """Whether a generator could tell that its loop keeps it alive a little longer."""
    return bool(program.nodes(cst.Yield)) and bool(program.nodes(cst.Try, cst.TryStar, cst.With))
