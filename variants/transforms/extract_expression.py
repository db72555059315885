"""A part of an expression moves into a function of its own."""

from collections.abc import Iterator
from functools import lru_cache
from typing import ClassVar

import libcst as cst

from variants.analysis.bindings import find_owner, is_lazy
from variants.analysis.bound import is_surely_bound
from variants.analysis.program import Program
from variants.analysis.scopes import GlobalScope
from variants.analysis.tree import rebuild
from variants.rewriting.edits import has_comment, replace, simple
from variants.rewriting.evaluation import is_disturbing
from variants.rewriting.expressions import text
from variants.rewriting.functions import new_function, notices_end, put_before, top_function
from variants.rewriting.naming import names_for
from variants.transform import Change, Family, Parameters, Transform

_KINDS = (
    *(cst.Call, cst.BinaryOperation, cst.BooleanOperation, cst.Comparison, cst.IfExp, cst.UnaryOperation),
    *(cst.ListComp, cst.SetComp, cst.DictComp, cst.Subscript),
)
_MOST_INPUTS, _LONGEST, _FEWEST_OPERATIONS = 4, 80, 2
_TRUTHS = (cst.BooleanOperation, cst.Comparison)
_VERBS = ("compute", "get", "find", "make", "calculate", "pick", "form", "determine")
_QUESTIONS = (
    "is_wanted",
    "is_hit",
    "should_take",
    "qualifies",
    "passes",
    "is_suitable",
    "counts",
    "applies_to",
)


class ExtractExpression(Transform):
    """Calls a new function for a part of an expression."""

    name: ClassVar[str] = "extract_expression"
    family: ClassVar[Family] = "calls"
    description: ClassVar[str] = "`x * y + 1` becomes `compute_total(x, y)` with a function that returns it"
    preconditions: ClassVar[str] = (
        "The part does at least two things (operations, calls, subscripts), fits on a line, and one to four "
        "variables that surely have a value go in; it is evaluated where and when it was before. Refused: "
        "walrus, await, yield, lambdas and lazy generators inside, names that another scope may write, "
        "comments, assignment targets, generators that could tell when a call ends."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})
    invents_names: ClassVar[bool] = True

    def candidates(self, program: Program) -> Iterator[cst.BaseExpression]:
        """Parts that a function could compute."""
        for node in program.nodes(*_KINDS):
            assert isinstance(node, cst.BaseExpression)
            if _inputs(program, node) is not None:
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the function before the one that needs it, and a call in the place of the part."""
        assert isinstance(node, cst.BaseExpression)
        inputs, function = _inputs(program, node), top_function(program, node)
        assert inputs is not None
        assert function is not None
        if isinstance(node, _TRUTHS):
            name = program.fresh(*_QUESTIONS)
        else:
            name = program.fresh(
                *(f"{v}_{n}" for v, n in zip(_VERBS, names_for(program, node), strict=False))
            )
        changed = rebuild(function, {node: cst.parse_expression(f"{name}({', '.join(inputs)})")})
        assert isinstance(changed, cst.FunctionDef)
        helper = new_function(program, name, inputs, [simple(program, f"return {text(program, node)}")])
        return replace(program, {function: cst.FlattenSentinel(put_before(function, helper, changed))})


@lru_cache(maxsize=1024)
def _inputs(program: Program, node: cst.BaseExpression) -> tuple[str, ...] | None:
    """The variables that a part needs; None where it cannot be moved, or is not worth it."""
    function = top_function(program, node)
    if function is None or not program.encloses(function.body, node) or notices_end(program):
        return None
    if len(program.nodes_within(node, *_KINDS)) < _FEWEST_OPERATIONS or _is_out_of_place(program, node):
        return None
    source = program.text(node)
    if "\n" in source or len(source) > _LONGEST or has_comment(program, node) or is_disturbing(program, node):
        return None
    if program.nodes_within(node, cst.Lambda) or any(
        is_lazy(program, generator) for generator in program.nodes_within(node, cst.GeneratorExp)
    ):
        return None
    found: dict[str, None] = {}
    for name in program.nodes_within(node, cst.Name):
        scope = program.scope(name)
        owner = find_owner(scope, name.value) if scope is not None else None
        if name.value in program.shared_names:
            return None
        if owner is None or isinstance(owner, GlobalScope) or program.encloses(node, owner.node):
            continue
        if not is_surely_bound(program, name):
            return None
        found[name.value] = None
    return tuple(found) if 0 < len(found) <= _MOST_INPUTS else None


def _is_out_of_place(program: Program, node: cst.BaseExpression) -> bool:
    """Whether it is no value, or all that a function or statement does."""
    parent = program.parent(node)
    if isinstance(parent, cst.Expr) or any(
        isinstance(outer, cst.Annotation | cst.Decorator | cst.Del | cst.AsName)
        for outer in program.ancestors(node)
    ):
        return True
    if isinstance(parent, cst.Return):
        line = program.parent(parent)
        block = program.parent(line) if line is not None else None
        is_body = isinstance(block, cst.IndentedBlock) and isinstance(program.parent(block), cst.FunctionDef)
        return is_body and isinstance(block, cst.IndentedBlock) and len(block.body) <= 2
    return _is_target(program, node)


def _is_target(program: Program, node: cst.CSTNode) -> bool:
    """Whether something is assigned to it, alone or as one of several."""
    parent = program.parent(node)
    if isinstance(parent, cst.BaseElement | cst.Tuple | cst.List):
        return _is_target(program, parent)
    targets = cst.AssignTarget | cst.AugAssign | cst.AnnAssign | cst.For | cst.CompFor
    return isinstance(parent, targets) and parent.target is node
