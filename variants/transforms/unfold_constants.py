"""A number becomes an operation that gives it."""

import random
from collections.abc import Collection, Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.constants import spellings
from variants.rewriting.edits import replace
from variants.rewriting.evaluation import fitted
from variants.site import Site
from variants.transform import Change, Family, Parameters, Transform

_FORM = "form"


class UnfoldConstants(Transform):
    """Writes a number as a product, sum, power or code of a letter."""

    name: ClassVar[str] = "unfold_constants"
    family: ClassVar[Family] = "data flow"
    description: ClassVar[str] = "`3600` becomes `60 * 60`, `97` becomes `ord('a')`, `10` becomes `5 * 2`"
    preconditions: ClassVar[str] = (
        "A decimal integer literal from 2 to 10 ** 6, and round ones above, that is no part of an operation "
        "on literals already. Refused: 0 and 1, the step of a range, numbers in f-strings and annotations."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure"})

    def candidates(self, program: Program) -> Iterator[cst.Integer]:
        """Numbers that can be written in another way."""
        for node in program.nodes(cst.Integer):
            if node.value.isdigit() and 2 <= int(node.value) <= 10**12 and _stands_alone(program, node):
                yield node

    def choose(
        self, program: Program, site: Site, rng: random.Random, protected: Collection[str] = ()
    ) -> Parameters | None:
        """Draw how the number is written."""
        node = self.node_at(program, site)
        assert isinstance(node, cst.Integer)
        return ((_FORM, rng.choice(spellings(program, int(node.value)))),)

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the operation in the place of the number."""
        assert isinstance(node, cst.Integer)
        form = dict(parameters).get(_FORM) or spellings(program, int(node.value))[0]
        return replace(program, {node: fitted(program, node, cst.parse_expression(form))})


def _stands_alone(program: Program, node: cst.Integer) -> bool:
    parent = program.parent(node)
    if program.function_of(node) is None or not spellings(program, int(node.value)):
        return False
    if isinstance(parent, cst.BinaryOperation):
        other = parent.right if parent.left is node else parent.left
        # An exponent must stay a literal for what is known of the result's type.
        is_exponent = isinstance(parent.operator, cst.Power) and parent.right is node
        return not is_exponent and not isinstance(other, cst.Integer)
    if isinstance(parent, cst.UnaryOperation | cst.FormattedStringExpression):
        return False
    if isinstance(parent, cst.Arg):
        call = program.parent(parent)
        return not (program.calls_builtin(call, "range") and _is_third(call, parent)) if call else False
    return not any(isinstance(outer, cst.Annotation | cst.Param) for outer in program.ancestors(node))


def _is_third(call: cst.CSTNode, argument: cst.Arg) -> bool:
    return isinstance(call, cst.Call) and len(call.args) == 3 and call.args[2] is argument
