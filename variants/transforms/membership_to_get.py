"""`d[k] if k in d else v`, and the if that counts so, become `d.get(k, v)`."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.analysis.tree import Replacement
from variants.rewriting.branches import only_part
from variants.rewriting.conditions import put_text
from variants.rewriting.constants import whole
from variants.rewriting.edits import has_comment, loses_comment, only_statement, replace, simple
from variants.rewriting.expressions import ATOM, text
from variants.rewriting.lookups import asked_of, find_ternary, item_of
from variants.rewriting.neighbours import next_statement, removed
from variants.transform import Change, Family, Parameters, Transform


class MembershipToGet(Transform):
    """Looks up with a default."""

    name: ClassVar[str] = "membership_to_get"
    family: ClassVar[Family] = "data"
    description: ClassVar[str] = (
        "`d[k] if k in d else v` becomes `d.get(k, v)`; counting by an if becomes `d[k] = d.get(k, 0) + 1`"
    )
    preconditions: ClassVar[str] = (
        "d provably is a builtin dict; evaluating d and k changes nothing, and evaluating the default "
        "neither changes anything nor can fail. For counting: one branch adds an int literal to d[k], the "
        "other assigns one; or `k not in d` assigns one, and the next line adds. Refused: comments, elif."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})
    undoes: ClassVar[frozenset[str]] = frozenset({"get_to_membership"})

    def candidates(self, program: Program) -> Iterator[cst.IfExp | cst.If]:
        """Choices between an item and a default."""
        for node in program.nodes(cst.IfExp, cst.If):
            if program.function_of(node) is None:
                continue
            if isinstance(node, cst.IfExp):
                if find_ternary(program, node) is not None and not has_comment(program, node):
                    yield node
            elif isinstance(node, cst.If) and _line(program, node) is not None:
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the lookup in the place of the choice."""
        if isinstance(node, cst.If):
            line = _line(program, node)
            assert line is not None
            new = simple(program, line).with_changes(leading_lines=node.leading_lines)
            edits: dict[cst.CSTNode, Replacement] = {node: new}
            following = next_statement(program, node)
            if node.orelse is None and following is not None:
                edits.update(removed(following))
            return replace(program, edits)
        assert isinstance(node, cst.IfExp)
        found = find_ternary(program, node)
        assert found is not None
        mapping, key = text(program, found.mapping, ATOM), text(program, found.key, 1)
        default = text(program, found.default, 1)
        is_none = isinstance(found.default, cst.Name) and found.default.value == "None"
        return put_text(
            program, node, f"{mapping}.get({key})" if is_none else f"{mapping}.get({key}, {default})"
        )


def _line(program: Program, node: cst.If) -> str | None:
    """The line that counts like an if does."""
    asked = asked_of(program, node.test)
    if asked is None or isinstance(program.parent(node), cst.If) or isinstance(node.orelse, cst.If):
        return None
    mapping, key, is_in = asked
    missing = only_part(node.body)
    following = next_statement(program, node)
    there = only_statement(following) if node.orelse is None else only_part(node.orelse.body)
    if is_in:
        there, missing = missing, there
    if (is_in and node.orelse is None) or not isinstance(missing, cst.Assign):
        return None
    if loses_comment(program, node, node.leading_lines):
        return None
    if node.orelse is None and (following is None or has_comment(program, following)):
        return None
    added, first = _added(program, there), whole(missing.value)
    if added is None or first is None or len(missing.targets) != 1:
        return None
    target, amount = added
    for one in (target, missing.targets[0].target):
        item = item_of(one)
        if item is None or not item[0].deep_equals(mapping) or not item[1].deep_equals(key):
            return None
    item_text = program.text(target)
    # Without an else the amount is added to the first value, too.
    default = first if node.orelse is None else first - amount
    start = f"{text(program, mapping, ATOM)}.get({text(program, key, 1)}, {default})"
    return f"{item_text} = {start} + {amount}" if amount >= 0 else f"{item_text} = {start} - {-amount}"


def _added(
    program: Program, statement: cst.BaseSmallStatement | None
) -> tuple[cst.BaseExpression, int] | None:
    """What an int literal is added to, and which."""
    if isinstance(statement, cst.AugAssign):
        amount = whole(statement.value)
        sign = {cst.AddAssign: 1, cst.SubtractAssign: -1}.get(type(statement.operator))
        return (statement.target, sign * amount) if amount is not None and sign is not None else None
    if not isinstance(statement, cst.Assign) or len(statement.targets) != 1:
        return None
    target, value = statement.targets[0].target, statement.value
    if not isinstance(value, cst.BinaryOperation) or not isinstance(value.operator, cst.Add):
        return None
    amount = whole(value.right)
    return (target, amount) if amount is not None and value.left.deep_equals(target) else None
