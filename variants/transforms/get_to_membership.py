"""`d.get(k, v)` becomes `d[k] if k in d else v`."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.conditions import put_text
from variants.rewriting.edits import has_comment
from variants.rewriting.expressions import ATOM, COMPARISON, TERNARY, text
from variants.rewriting.lookups import find_get
from variants.transform import Change, Family, Parameters, Transform


class GetToMembership(Transform):
    """Asks whether a key is there before it is looked up."""

    name: ClassVar[str] = "get_to_membership"
    family: ClassVar[Family] = "data"
    description: ClassVar[str] = "`d.get(k, v)` becomes `d[k] if k in d else v`"
    preconditions: ClassVar[str] = (
        "d provably is a builtin dict; evaluating d and k twice changes nothing, and evaluating the default "
        "neither changes anything nor can fail. Refused: comments inside, in an f-string."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure"})
    undoes: ClassVar[frozenset[str]] = frozenset({"membership_to_get"})

    def candidates(self, program: Program) -> Iterator[cst.Call]:
        """Calls of get."""
        for call in program.nodes(cst.Call):
            if program.function_of(call) is None or find_get(program, call) is None:
                continue
            is_formatted = any(isinstance(outer, cst.FormattedString) for outer in program.ancestors(call))
            if not is_formatted and not has_comment(program, call):
                yield call

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the choice in the place of the call."""
        assert isinstance(node, cst.Call)
        found = find_get(program, node)
        assert found is not None
        mapping, key = text(program, found.mapping, ATOM), text(program, found.key)
        default = "None" if len(node.args) == 1 else text(program, found.default, TERNARY)
        question = (
            f"{text(program, found.key, COMPARISON + 1)} in {text(program, found.mapping, COMPARISON + 1)}"
        )
        return put_text(program, node, f"{mapping}[{key}] if {question} else {default}")
