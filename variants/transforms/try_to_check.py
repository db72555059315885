"""A try round a lookup becomes a question before it."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.attempts import Attempt, find_attempt
from variants.rewriting.branches import only_part
from variants.rewriting.edits import block_of, compound, replace
from variants.transform import Change, Family, Parameters, Transform


class TryToCheck(Transform):
    """Asks first whether a lookup will find something."""

    name: ClassVar[str] = "try_to_check"
    family: ClassVar[Family] = "control"
    description: ClassVar[str] = (
        "`try: x = d[k]` with `except KeyError:` becomes `if k in d: x = d[k]` with an else"
    )
    preconditions: ClassVar[str] = (
        "The try holds one line, in which nothing but one lookup can raise the exception and nothing before "
        "it can fail: an item of a builtin dict (KeyError), of a list, str or tuple by an int (IndexError), "
        "index or remove of a list (ValueError). One handler, for this exception alone, without a name. "
        "Refused: else, finally, a bare raise in the handler."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})
    undoes: ClassVar[frozenset[str]] = frozenset({"check_to_try"})

    def candidates(self, program: Program) -> Iterator[cst.Try]:
        """Tries of one lookup."""
        for node in program.nodes(cst.Try):
            if program.function_of(node) is not None and _attempt(program, node) is not None:
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the if in the place of the try."""
        assert isinstance(node, cst.Try)
        attempt = _attempt(program, node)
        assert attempt is not None
        handler = node.handlers[0]
        made = compound(program, f"if {attempt.question}:", block_of(node.body))
        if not isinstance(only_part(handler.body), cst.Pass):
            orelse = cst.Else(body=block_of(handler.body), leading_lines=handler.leading_lines)
            made = made.with_changes(orelse=orelse)
        return replace(program, {node: made.with_changes(leading_lines=node.leading_lines)})


def _attempt(program: Program, node: cst.Try) -> Attempt | None:
    if node.finalbody is not None or node.orelse is not None or len(node.handlers) != 1:
        return None
    handler, block = node.handlers[0], node.body
    if (
        not isinstance(handler.type, cst.Name)
        or handler.name is not None
        or not isinstance(block, cst.IndentedBlock)
    ):
        return None
    if len(block.body) != 1 or not program.is_builtin(handler.type.value):
        return None
    if any(raised.exc is None for raised in program.nodes_within(handler, cst.Raise)):
        return None
    return find_attempt(program, block.body[0], handler.type.value)
