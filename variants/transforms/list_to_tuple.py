"""A list display that is only gone through becomes a tuple."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.edits import has_comment, replace
from variants.rewriting.gone_through import is_only_gone_through
from variants.transform import Change, Family, Parameters, Transform


class ListToTuple(Transform):
    """Writes the members of a constant collection in round brackets."""

    name: ClassVar[str] = "list_to_tuple"
    family: ClassVar[Family] = "data"
    description: ClassVar[str] = "`x in [1, 2]` becomes `x in (1, 2)`, in loops and builtin calls too"
    preconditions: ClassVar[str] = (
        "The list is written out, or made by a call, where it is searched with in, gone through by a loop or "
        "comprehension, or handed to a builtin that goes through it (sum, sorted, join, ...); or a variable "
        "is assigned it, once, and used only so, or for its length and elements. Refused: empty lists, "
        "comments inside."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure"})

    def candidates(self, program: Program) -> Iterator[cst.BaseExpression]:
        """Lists that nobody can keep."""
        for node in program.nodes(cst.List, cst.Call):
            assert isinstance(node, cst.List | cst.Call)
            if not _makes_list(program, node) or program.function_of(node) is None:
                continue
            if is_only_gone_through(program, node) and not has_comment(program, node):
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put a tuple in the place of the list."""
        if isinstance(node, cst.Call):
            return replace(program, {node: node.with_changes(func=cst.Name("tuple"))})
        assert isinstance(node, cst.List)
        elements = list(node.elements)
        if len(elements) == 1:
            elements[0] = elements[0].with_changes(comma=cst.Comma())
        left = cst.LeftParen(whitespace_after=node.lbracket.whitespace_after)
        right = cst.RightParen(whitespace_before=node.rbracket.whitespace_before)
        new = cst.Tuple(elements=elements, lpar=[*node.lpar, left], rpar=[right, *node.rpar])
        return replace(program, {node: new})


def _makes_list(program: Program, node: cst.List | cst.Call) -> bool:
    if isinstance(node, cst.List):
        return bool(node.elements)
    if not isinstance(node.func, cst.Name) or node.func.value != "list" or len(node.args) != 1:
        return False
    return program.is_builtin("list", "tuple")
