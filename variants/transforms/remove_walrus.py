"""`if (x := f()):` becomes `x = f()` and `if x:`."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.edits import has_comment, replace, simple
from variants.rewriting.evaluation import (
    Part,
    can_change_places,
    is_disturbing,
    mentions,
    parts_of,
    put_name,
    root_of,
)
from variants.rewriting.expressions import text
from variants.transform import Change, Family, Parameters, Transform


class RemoveWalrus(Transform):
    """Moves an assignment out of an expression onto a line of its own."""

    name: ClassVar[str] = "remove_walrus"
    family: ClassVar[Family] = "data flow"
    description: ClassVar[str] = "`if (x := f()) > 1:` becomes `x = f()` and `if x > 1:`"
    preconditions: ClassVar[str] = (
        "The walrus stands where a line, the test of an if or the iterable of a for always evaluates it, and "
        "what is evaluated before it provably cannot notice. Refused: elif and while tests, comprehensions, "
        "lambdas, the right side of and/or, a walrus in its value, comments inside."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure", "steps"})

    def candidates(self, program: Program) -> Iterator[cst.BaseStatement]:
        """Statements that begin with an assignment inside an expression."""
        if not program.nodes(cst.NamedExpr):
            return
        for node in program.nodes(cst.SimpleStatementLine, cst.If, cst.For):
            if program.function_of(node) is not None and _first_walrus(program, node) is not None:
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the assignment before the statement."""
        walrus = _first_walrus(program, node)
        assert walrus is not None
        assert isinstance(walrus.target, cst.Name)
        assert isinstance(node, cst.SimpleStatementLine | cst.If | cst.For)
        line = simple(program, f"{walrus.target.value} = {text(program, walrus.value)}")
        line = line.with_changes(leading_lines=node.leading_lines)
        changed = put_name(node.with_changes(leading_lines=()), walrus, walrus.target.value)
        return replace(program, {node: cst.FlattenSentinel([line, changed])})


def _first_walrus(program: Program, node: cst.CSTNode) -> cst.NamedExpr | None:
    root = root_of(node)
    if root is None or isinstance(program.parent(node), cst.If) or has_comment(program, root):
        return None
    for part in parts_of(node):
        if isinstance(part.node, cst.NamedExpr):
            return part.node if _can_go_first(program, part) else None
    return None


def _can_go_first(program: Program, part: Part) -> bool:
    walrus = part.node
    assert isinstance(walrus, cst.NamedExpr)
    if not isinstance(walrus.target, cst.Name) or is_disturbing(program, walrus.value):
        return False
    if walrus.target.value in program.shared_names:
        return not part.before
    if any(mentions(program, other, walrus.target.value) for other in part.before):
        return False
    return not part.before or can_change_places(program, part.before, walrus.value)
