"""`a, b = x, y` becomes an assignment for each variable."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import libcst as cst

from variants.analysis.bindings import find_binding, is_captured, is_local
from variants.analysis.effects import effect_of, effects_of
from variants.analysis.program import Program
from variants.rewriting.edits import has_comment, only_statement, replace_statement, simple, with_comment
from variants.rewriting.evaluation import can_change_places, is_disturbing, mentions
from variants.rewriting.expressions import text
from variants.rewriting.neighbours import in_try
from variants.transform import Change, Family, Parameters, Transform

_HELD = ("temp", "saved", "held", "previous", "old_value", "kept", "before", "tmp")
_NEXT = ("new_value", "following", "upcoming", "next_value", "updated", "successor", "temp", "tmp")


class SplitTupleAssignment(Transform):
    """Assigns variables one after the other, and swaps them with a third one."""

    name: ClassVar[str] = "split_tuple_assignment"
    family: ClassVar[Family] = "data flow"
    description: ClassVar[str] = "`a, b = x, y` becomes `a = x` and `b = y`; `a, b = b, a` takes a third name"
    preconditions: ClassVar[str] = (
        "As many values as targets stand on the line. The targets are local variables, or the line swaps two "
        "elements. A value that needs a variable's old value is computed before that is assigned. Refused: "
        "starred targets, values with effects that a closure or an except could tell, walrus."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})
    invents_names: ClassVar[bool] = True

    def candidates(self, program: Program) -> Iterator[cst.SimpleStatementLine]:
        """Lines that assign a display to a tuple of targets."""
        for line in program.nodes(cst.SimpleStatementLine):
            if program.function_of(line) is not None and _split(program, line) is not None:
                yield line

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the single assignments in the place of the line."""
        assert isinstance(node, cst.SimpleStatementLine)
        lines = _split(program, node)
        assert lines is not None
        first, *others = [simple(program, line) for line in lines]
        return replace_statement(program, node, [with_comment(first, node.trailing_whitespace), *others])


@dataclass(frozen=True, slots=True)
class _Pair:
    target: cst.BaseExpression
    value: cst.BaseExpression


def _pairs(program: Program, line: cst.SimpleStatementLine) -> list[_Pair] | None:
    statement = only_statement(line)
    if not isinstance(statement, cst.Assign) or len(statement.targets) != 1:
        return None
    targets, values = statement.targets[0].target, statement.value
    if not isinstance(targets, cst.Tuple | cst.List) or not isinstance(values, cst.Tuple | cst.List):
        return None
    if len(targets.elements) != len(values.elements) or has_comment(program, statement):
        return None
    if any(isinstance(e, cst.StarredElement) for e in (*targets.elements, *values.elements)):
        return None
    if is_disturbing(program, statement):
        return None
    return [_Pair(t.value, v.value) for t, v in zip(targets.elements, values.elements, strict=True)]


def _split(program: Program, line: cst.SimpleStatementLine) -> list[str] | None:
    pairs = _pairs(program, line)
    if not pairs or len(pairs) < 2:
        return None
    names = [pair.target.value for pair in pairs if isinstance(pair.target, cst.Name)]
    if len(names) < len(pairs):
        return _swap(program, pairs)
    if len(set(names)) < len(names) or not all(
        is_local(program, program.scope(line), name) for name in names
    ):
        return None
    return _assign_in_turn(program, line, pairs, names) if _is_private(program, line, pairs) else None


def _is_private(program: Program, line: cst.SimpleStatementLine, pairs: Sequence[_Pair]) -> bool:
    """Whether nobody sees that the first variables are assigned before the last values are computed."""
    later = effects_of(program, (pair.value for pair in pairs[1:]))
    if later.is_nothing:
        return True
    scope = program.scope(line)
    assert scope is not None
    bindings = [
        find_binding(program, scope, pair.target.value) for pair in pairs if isinstance(pair.target, cst.Name)
    ]
    return not in_try(program, line) and not any(is_captured(program, binding) for binding in bindings)


def _assign_in_turn(
    program: Program, line: cst.SimpleStatementLine, pairs: Sequence[_Pair], names: Sequence[str]
) -> list[str] | None:
    saved: dict[int, str] = {}
    for index, pair in enumerate(pairs):
        if not mentions(program, pair.value, *names[:index]):
            continue
        # It is now computed before the values that stood before it and are not saved themselves.
        overtaken = tuple(pairs[place].value for place in range(index) if place not in saved)
        if not can_change_places(program, overtaken, pair.value):
            return None
        wishes = _HELD if isinstance(pair.value, cst.Name) else _NEXT
        saved[index] = program.fresh(*wishes, avoid=saved.values())
    lines = [f"{name} = {text(program, pairs[index].value)}" for index, name in saved.items()]
    for index, pair in enumerate(pairs):
        lines.append(f"{names[index]} = {saved.get(index) or text(program, pair.value)}")
    return lines


def _swap(program: Program, pairs: Sequence[_Pair]) -> list[str] | None:
    """`xs[i], xs[j] = xs[j], xs[i]` with a third name: it reads and fails in the same order as before."""
    if len(pairs) != 2 or not program.has_plain_types:
        return None
    (one, first), (other, second) = [(pair.target, pair.value) for pair in pairs]
    if not one.deep_equals(second) or not other.deep_equals(first):
        return None
    if not all(_is_element(program, target) for target in (one, other)):
        return None
    left, right = program.text(one), program.text(other)
    held = program.fresh(*_HELD)
    return [f"{held} = {right}", f"{right} = {left}", f"{left} = {held}"]


def _is_element(program: Program, target: cst.BaseExpression) -> bool:
    """Whether it is an element of a named sequence at an index that nothing here changes."""
    if not isinstance(target, cst.Subscript) or not isinstance(target.value, cst.Name):
        return False
    if len(target.slice) != 1 or not isinstance(target.slice[0].slice, cst.Index):
        return False
    index = target.slice[0].slice.value
    effect = effect_of(program, index)
    if effect.changes or mentions(program, index, target.value.value):
        return False
    return not any(isinstance(index, kind) for kind in (cst.Call, cst.Subscript, cst.Attribute))
