"""`xs.sort()` becomes `xs[:] = sorted(xs)`."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.bindings import is_local
from variants.analysis.changes import is_new
from variants.analysis.program import Program
from variants.rewriting.edits import has_comment, replace
from variants.rewriting.neighbours import in_try
from variants.transform import Change, Family, Parameters, Transform


class SortToSorted(Transform):
    """Puts the items back in the order of a sorted copy."""

    name: ClassVar[str] = "sort_to_sorted"
    family: ClassVar[Family] = "calls"
    description: ClassVar[str] = "`xs.sort(key=len)` becomes `xs[:] = sorted(xs, key=len)`"
    preconditions: ClassVar[str] = (
        "xs is a local variable that provably is a list and was made in the function (a sort that fails "
        "half way leaves a caller's list in disorder). Refused: in a try or with, comments inside."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure"})
    undoes: ClassVar[frozenset[str]] = frozenset({"sorted_to_sort"})

    def candidates(self, program: Program) -> Iterator[cst.Expr]:
        """Statements that sort a list."""
        if program.is_builtin("sorted"):
            for node in program.nodes(cst.Expr):
                if program.function_of(node) is not None and _sorted_name(program, node) is not None:
                    yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the assignment in the place of the call."""
        assert isinstance(node, cst.Expr)
        assert isinstance(node.value, cst.Call)
        name = _sorted_name(program, node)
        options = "".join(
            f", {program.text(option.with_changes(comma=cst.MaybeSentinel.DEFAULT)).strip()}"
            for option in node.value.args
        )
        line = cst.parse_statement(f"{name}[:] = sorted({name}{options})")
        assert isinstance(line, cst.SimpleStatementLine)
        return replace(program, {node: line.body[0].with_changes(semicolon=node.semicolon)})


def _sorted_name(program: Program, node: cst.Expr) -> str | None:
    call = node.value
    if not isinstance(call, cst.Call) or not isinstance(call.func, cst.Attribute):
        return None
    receiver = call.func.value
    if call.func.attr.value != "sort" or not isinstance(receiver, cst.Name):
        return None
    if any(option.star or option.keyword is None for option in call.args) or has_comment(program, node):
        return None
    scope = program.scope(receiver)
    if scope is None or not is_local(program, scope, receiver.value) or in_try(program, node):
        return None
    is_list = program.types.is_only(receiver, frozenset({"list"}))
    return receiver.value if is_list and is_new(program, scope, receiver.value) else None
