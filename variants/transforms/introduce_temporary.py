"""A part of a statement gets a name before it is used."""

import random
from collections.abc import Collection, Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.edits import has_comment, replace, simple
from variants.rewriting.evaluation import Part, can_come_first, is_disturbing, parts_of, put_name, root_of
from variants.rewriting.expressions import text
from variants.rewriting.naming import names_for
from variants.site import Site
from variants.transform import Change, Family, Parameters, Transform

_NAMEABLE = (
    cst.Call
    | cst.BinaryOperation
    | cst.BooleanOperation
    | cst.Comparison
    | cst.Subscript
    | cst.ListComp
    | cst.SetComp
    | cst.DictComp
)
_PART = "part"


class IntroduceTemporary(Transform):
    """Names an intermediate value in a statement of its own."""

    name: ClassVar[str] = "introduce_temporary"
    family: ClassVar[Family] = "data flow"
    description: ClassVar[str] = "`return a + len(b)` becomes `size = len(b); return a + size`"
    preconditions: ClassVar[str] = (
        "The part is a call, operation, comparison, subscript or comprehension that the statement always "
        "evaluates: in a return, an assignment, an expression, the test of an if, the iterable of a for. "
        "What is evaluated before it provably cannot notice the difference. Refused: elif and while tests, "
        "the right side of and/or, branches of a conditional expression, lambdas, walrus, await and yield."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})
    invents_names: ClassVar[bool] = True

    def candidates(self, program: Program) -> Iterator[cst.BaseStatement]:
        """Statements with a part that can be named first."""
        for node in program.nodes(cst.SimpleStatementLine, cst.If, cst.For):
            if _may_have_parts(program, node) and next(_parts(program, node), None) is not None:
                yield node

    def choose(
        self, program: Program, site: Site, rng: random.Random, protected: Collection[str] = ()
    ) -> Parameters | None:
        """Draw which part is named, and how."""
        count = sum(1 for _ in _parts(program, self.node_at(program, site)))
        own = ((_PART, str(rng.randrange(count))),)
        return own + (super().choose(program, site, rng, protected) or ())

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the assignment before the statement, and the name in the place of the part."""
        parts = list(_parts(program, node))
        part = parts[int(dict(parameters).get(_PART, "0")) % len(parts)].node
        name = program.fresh(*names_for(program, part))
        assignment = simple(program, f"{name} = {text(program, part)}")
        assert isinstance(node, cst.SimpleStatementLine | cst.If | cst.For)
        line = assignment.with_changes(leading_lines=node.leading_lines)
        changed = put_name(node.with_changes(leading_lines=()), part, name)
        return replace(program, {node: cst.FlattenSentinel([line, changed])})


def _may_have_parts(program: Program, node: cst.CSTNode) -> bool:
    if isinstance(program.parent(node), cst.If):
        return False  # an elif has no place before it
    return root_of(node) is not None and program.function_of(node) is not None


def _parts(program: Program, node: cst.CSTNode) -> Iterator[Part]:
    if isinstance(node, cst.For) and _notices_closing(program):
        return
    if has_comment(program, _first(node)):
        return
    for part in parts_of(node):
        if _is_worth_a_name(program, part.node) and can_come_first(program, part):
            yield part


def _first(node: cst.CSTNode) -> cst.CSTNode:
    root = root_of(node)
    assert root is not None
    return root


def _is_worth_a_name(program: Program, part: cst.BaseExpression) -> bool:
    if not isinstance(part, _NAMEABLE) or is_disturbing(program, part):
        return False
    parent = program.parent(part)
    if isinstance(parent, cst.Assign | cst.AnnAssign | cst.Expr):
        return False  # it has a name already, or needs none
    if program.calls_builtin(part, "super", "print"):
        return False
    source = program.text(part)
    return "\n" not in source and len(source) <= 80


def _notices_closing(program: Program) -> bool:
    """Whether a generator could tell that a name keeps it alive a little longer."""
    return bool(program.nodes(cst.Yield)) and bool(program.nodes(cst.Try, cst.TryStar, cst.With))
