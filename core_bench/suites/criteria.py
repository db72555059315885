"""The paper's criteria for a step that is worth a probe (CoRE, section 3), read off syntax and trace."""

import ast

from core_bench.records import Dimension
from core_bench.suites.dimensions import computes
from core_bench.suites.subjects import Subject

CRITERIA = (
    "compound arithmetic",
    "loop boundary",
    "nested logic",
    "compound condition",
    "state accumulation",
)


def criteria_of(subject: Subject, dimensions: tuple[Dimension, ...]) -> tuple[str, ...]:
    """Return the criteria that a question meets.

    Compound arithmetic: two or more operators in the asked code. Loop boundary: the dimension boundary.
    Nested logic: the asked code stands in two or more blocks, one of them of an `if`. Compound condition: the
    asked code, or an `if` or `while` right around it, combines comparisons. State accumulation: the dimension
    state, at the second or a later execution of the line.
    """
    blocks = subject.enclosing
    inner = [blocks[-1].test] if blocks and isinstance(blocks[-1], ast.If | ast.While) else []
    repeated = subject.index is not None and subject.view.steps[subject.index].occurrence > 1
    met = (
        sum(map(computes, subject.nodes)) >= 2,
        "boundary" in dimensions,
        len(blocks) >= 2 and any(isinstance(block, ast.If) for block in blocks),
        any(map(_is_compound, (*subject.nodes, *inner))),
        "state" in dimensions and repeated,
    )
    return tuple(name for name, holds in zip(CRITERIA, met, strict=True) if holds)


def _is_compound(node: ast.AST) -> bool:
    return any(
        isinstance(part, ast.BoolOp) or (isinstance(part, ast.Compare) and len(part.ops) > 1)
        for part in ast.walk(node)
    )
