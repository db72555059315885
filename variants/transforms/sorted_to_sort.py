"""`sorted(xs)` becomes a copy that is sorted in place."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.bindings import find_binding, is_captured, is_local
from variants.analysis.bound import is_surely_bound
from variants.analysis.program import Program
from variants.analysis.tree import rebuild
from variants.rewriting.edits import has_comment, only_statement, replace, simple
from variants.rewriting.evaluation import Part, can_come_first, mentions, parts_of
from variants.rewriting.expressions import text
from variants.rewriting.neighbours import in_try
from variants.transform import Change, Family, Parameters, Transform

_NAMES = (
    "ordered",
    "arranged",
    "in_order",
    "ranked",
    "sorted_items",
    "sorted_values",
    "copy_of_items",
    "ordering",
)


class SortedToSort(Transform):
    """Copies into a list and sorts that."""

    name: ClassVar[str] = "sorted_to_sort"
    family: ClassVar[Family] = "calls"
    description: ClassVar[str] = (
        "`return sorted(xs)` becomes `ordered = list(xs); ordered.sort(); return ordered`"
    )
    preconditions: ClassVar[str] = (
        "The call is evaluated whenever its statement is, and what is evaluated before it cannot notice; key "
        "and reverse are lambdas, names or literals. Refused: elif and while tests, loops inside of "
        "expressions, in a try or with, comments inside, variables that a closure reads."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})
    invents_names: ClassVar[bool] = True
    undoes: ClassVar[frozenset[str]] = frozenset({"sort_to_sorted"})

    def candidates(self, program: Program) -> Iterator[cst.Call]:
        """Calls of sorted that can be made first."""
        if not program.is_builtin("sorted", "list"):
            return
        for statement in program.nodes(cst.SimpleStatementLine, cst.If, cst.For):
            assert isinstance(statement, cst.SimpleStatementLine | cst.If | cst.For)
            found = _found(program, statement)
            if found is not None:
                yield found

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the copy and the sorting before the statement."""
        assert isinstance(node, cst.Call)
        statement = next(
            outer
            for outer in program.ancestors(node)
            if isinstance(outer, cst.SimpleStatementLine | cst.If | cst.For)
        )
        own = _own_name(program, statement, node)
        name = own or program.fresh(*_NAMES)
        options = ", ".join(
            program.text(option.with_changes(comma=cst.MaybeSentinel.DEFAULT)).strip()
            for option in node.args[1:]
        )
        first = simple(program, f"{name} = {_copied(program, node.args[0].value)}")
        first = first.with_changes(leading_lines=statement.leading_lines)
        sorting = simple(program, f"{name}.sort({options})")
        if own is not None:
            assert isinstance(statement, cst.SimpleStatementLine)
            new = [first, sorting.with_changes(trailing_whitespace=statement.trailing_whitespace)]
            return replace(program, {statement: cst.FlattenSentinel(new)})
        changed = rebuild(statement.with_changes(leading_lines=()), {node: cst.Name(name)})
        return replace(program, {statement: cst.FlattenSentinel([first, sorting, changed])})


def _copied(program: Program, source: cst.BaseExpression) -> str:
    """Text of a list that nobody else has."""
    is_new = isinstance(source, cst.List | cst.ListComp)
    return text(program, source) if is_new else f"list({text(program, source)})"


def _found(program: Program, statement: cst.SimpleStatementLine | cst.If | cst.For) -> cst.Call | None:
    if program.function_of(statement) is None or isinstance(program.parent(statement), cst.If):
        return None
    for part in parts_of(statement):
        if isinstance(part.node, cst.Call) and _is_sortable(program, part):
            return part.node
    return None


def _is_sortable(program: Program, part: Part) -> bool:
    call = part.node
    if not program.calls_builtin(call, "sorted") or not isinstance(call, cst.Call) or not call.args:
        return False
    first, *options = call.args
    if first.keyword is not None or first.star or any(option.star for option in options):
        return False
    if has_comment(program, call) or "\n" in program.text(call):
        return False
    if any(isinstance(outer, cst.FormattedString | cst.BaseComp) for outer in program.ancestors(call)):
        return False
    if not all(_is_inert(program, option.value) for option in options) or in_try(program, call):
        return False
    return can_come_first(program, part) if part.before else not _is_disturbed(program, call)


def _is_disturbed(program: Program, call: cst.Call) -> bool:
    return bool(program.nodes_within(call, cst.NamedExpr, cst.Await, cst.Yield))


def _is_inert(program: Program, option: cst.BaseExpression) -> bool:
    if isinstance(option, cst.Name):
        return is_surely_bound(program, option)
    return isinstance(option, cst.Lambda | cst.Integer)


def _own_name(program: Program, statement: cst.CSTNode, call: cst.Call) -> str | None:
    """The variable that the statement assigns the sorted list to, where the key does not read it."""
    assign = only_statement(statement)
    if not isinstance(assign, cst.Assign) or assign.value is not call or len(assign.targets) != 1:
        return None
    target = assign.targets[0].target
    scope = program.scope(statement)
    if not isinstance(target, cst.Name) or scope is None or not is_local(program, scope, target.value):
        return None
    binding = find_binding(program, scope, target.value)
    if not binding.is_plain or is_captured(program, binding):
        return None
    return None if any(mentions(program, option, target.value) for option in call.args[1:]) else target.value
