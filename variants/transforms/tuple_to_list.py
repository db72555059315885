"""A tuple display that is only gone through becomes a list."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.edits import has_comment, replace
from variants.rewriting.gone_through import is_only_gone_through
from variants.transform import Change, Family, Parameters, Transform


class TupleToList(Transform):
    """Writes the members of a constant collection in square brackets."""

    name: ClassVar[str] = "tuple_to_list"
    family: ClassVar[Family] = "data"
    description: ClassVar[str] = "`x in (1, 2)` becomes `x in [1, 2]`, in loops and builtin calls too"
    preconditions: ClassVar[str] = (
        "The tuple is written out, or made by a call, where it is searched with in, gone through by a loop "
        "or comprehension, or handed to a builtin that goes through it (sum, sorted, join, ...); or a "
        "variable is assigned it, once, and used only so, or for its length and elements. Refused: empty "
        "tuples, comments inside."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure"})

    def candidates(self, program: Program) -> Iterator[cst.BaseExpression]:
        """Tuples that nobody can keep."""
        for node in program.nodes(cst.Tuple, cst.Call):
            assert isinstance(node, cst.Tuple | cst.Call)
            if not _makes_tuple(program, node) or program.function_of(node) is None:
                continue
            if is_only_gone_through(program, node) and not has_comment(program, node):
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put a list in the place of the tuple."""
        if isinstance(node, cst.Call):
            return replace(program, {node: node.with_changes(func=cst.Name("list"))})
        assert isinstance(node, cst.Tuple)
        elements = list(node.elements)
        if len(elements) == 1 or "\n" not in program.text(node):
            elements[-1] = elements[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        new = cst.List(elements=elements)
        if node.lpar:
            left = cst.LeftSquareBracket(whitespace_after=node.lpar[-1].whitespace_after)
            right = cst.RightSquareBracket(whitespace_before=node.rpar[0].whitespace_before)
            new = cst.List(
                elements=elements, lbracket=left, rbracket=right, lpar=node.lpar[:-1], rpar=node.rpar[1:]
            )
        return replace(program, {node: new})


def _makes_tuple(program: Program, node: cst.Tuple | cst.Call) -> bool:
    if isinstance(node, cst.Tuple):
        return bool(node.elements)
    if not isinstance(node.func, cst.Name) or node.func.value != "tuple" or len(node.args) != 1:
        return False
    return program.is_builtin("list", "tuple")
