"""Statements that fail in one known way, and the question that tells beforehand whether they do."""

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from variants.analysis.inference import WHOLE
from variants.analysis.program import Program
from variants.analysis.purity import is_pure, is_repeatable, never_fails
from variants.rewriting.edits import only_statement
from variants.rewriting.evaluation import parts_of
from variants.rewriting.expressions import COMPARISON, bare, text
from variants.rewriting.lookups import item_of

_ORDERED = frozenset({"list", "str", "tuple"})
_LISTS = frozenset({"list", "tuple"})
_METHODS = frozenset({"append", "add", "extend", "discard", "insert", "items", "keys", "values", "copy"})


@dataclass(frozen=True, slots=True)
class Attempt:
    """A statement that raises one exception where a question is answered with no.

    Attributes:
        exception: The exception.
        question: Text of the question.
        container: What is asked.
        key: What it is asked for.
    """

    exception: str
    question: str
    container: cst.BaseExpression
    key: cst.BaseExpression


def find_attempt(program: Program, line: cst.CSTNode | None, exception: str) -> Attempt | None:
    """The only way in which a line can raise an exception; None where there is none, or another one too."""
    statement = only_statement(line)
    if not isinstance(statement, cst.Assign | cst.AugAssign | cst.Return | cst.Expr) or line is None:
        return None
    if not program.has_plain_types:
        return None
    dangers = [
        found for node in program.nodes_within(statement, *_RISKY) if (found := _danger(program, node))
    ]
    own = [found for found in dangers if found[1].exception == exception]
    if not own or not all(_is_same(found[1], own[0][1]) for found in own):
        return None
    node, attempt = own[0]
    ways = [*own, *(found for found in dangers if found[1].exception == "any")]
    if len(ways) > len(own) or not _is_calm(program, statement, attempt):
        return None
    return attempt if _comes_first(program, line, statement, node) else None


def _is_same(one: Attempt, other: Attempt) -> bool:
    return one.container.deep_equals(other.container) and one.key.deep_equals(other.key)


_RISKY = (cst.Subscript, cst.Call)


def _danger(program: Program, node: cst.BaseExpression) -> tuple[cst.BaseExpression, Attempt] | None:
    """How an item or a call can fail; `any` where that is not known."""
    if isinstance(node, cst.Subscript):
        if isinstance(node.slice[0].slice, cst.Slice):
            return None
        item = item_of(node)
        if item is None or _is_stored(program, node):
            return None
        container, key = item
        kinds = program.types.kinds(container)
        steady = is_repeatable(program, container) and is_repeatable(program, key)
        if kinds == {"dict"} and steady and _raises_no_lookup(program, key):
            return node, Attempt("KeyError", _membership(program, container, key), container, key)
        if kinds and kinds <= _ORDERED and steady and program.types.is_only(key, WHOLE):
            sequence = text(program, container)
            place = text(program, key, COMPARISON + 1)
            question = f"-len({sequence}) <= {place} < len({sequence})"
            return (
                (node, Attempt("IndexError", question, container, key)) if program.is_builtin("len") else None
            )
        return node, Attempt("any", "", container, key)
    if not isinstance(node, cst.Call):
        return None
    if (
        isinstance(node.func, cst.Attribute)
        and len(node.args) == 1
        and node.func.attr.value in {"index", "remove"}
    ):
        container, key = node.func.value, node.args[0].value
        is_list = program.types.is_only(
            container, _LISTS if node.func.attr.value == "index" else frozenset({"list"})
        )
        steady = is_repeatable(program, container) and is_repeatable(program, key) and not node.args[0].star
        if is_list and steady and _raises_no_lookup(program, key):
            return node, Attempt("ValueError", _membership(program, container, key), container, key)
    return None


def _membership(program: Program, container: cst.BaseExpression, key: cst.BaseExpression) -> str:
    return f"{text(program, key, COMPARISON + 1)} in {text(program, container, COMPARISON + 1)}"


def _raises_no_lookup(program: Program, key: cst.BaseExpression) -> bool:
    """Whether evaluating a key can only fail with the same exception in the question and in the lookup."""
    return never_fails(program, key) or not program.nodes_within(key, cst.Subscript, cst.Call)


def _is_stored(program: Program, node: cst.Subscript) -> bool:
    return isinstance(program.parent(node), cst.AssignTarget)


def _is_calm(program: Program, statement: cst.BaseSmallStatement, attempt: Attempt) -> bool:
    """Whether everything in a statement is pure, but for one lookup and a method of what is found."""
    return all(is_pure(program, part) for part in _parts(statement, attempt)) and not any(
        isinstance(target, cst.Tuple | cst.List | cst.Attribute) for target in _targets(statement)
    )


def _targets(statement: cst.BaseSmallStatement) -> list[cst.BaseExpression]:
    if isinstance(statement, cst.Assign):
        return [target.target for target in statement.targets]
    return [statement.target] if isinstance(statement, cst.AugAssign) else []


def _parts(statement: cst.BaseSmallStatement, attempt: Attempt) -> Iterator[cst.BaseExpression]:
    """The expressions of a statement; of a method of the item or of a search, its arguments."""
    yield from _targets(statement)
    value = getattr(statement, "value", None)
    if not isinstance(value, cst.Call) or not isinstance(value.func, cst.Attribute):
        if value is not None:
            yield value
        return
    is_search = value.func.value.deep_equals(attempt.container) and value.func.attr.value in {
        "index",
        "remove",
    }
    item = item_of(value.func.value)
    is_method = item is not None and value.func.attr.value in _METHODS
    if is_search or (is_method and item is not None and item[0].deep_equals(attempt.container)):
        for argument in value.args:
            yield argument.value
    else:
        yield value


def _comes_first(
    program: Program, line: cst.CSTNode, statement: cst.BaseSmallStatement, node: cst.BaseExpression
) -> bool:
    """Whether nothing that is evaluated before the lookup can fail."""
    if isinstance(statement, cst.AugAssign) and statement.target is node:
        return True
    for part in parts_of(line):
        if part.node is node:
            before = [one for one in part.before if one is not getattr(node, "func", None)]
            return all(never_fails(program, one) for one in before)
    return False


def same_question(program: Program, test: cst.BaseExpression, attempt: Attempt) -> bool | None:
    """Whether a test asks an attempt's question (True) or the opposite (False); None for another."""
    test = bare(test)
    if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
        return None
    target = test.comparisons[0]
    if not isinstance(target.operator, cst.In | cst.NotIn):
        return None
    is_same = target.comparator.deep_equals(attempt.container) and bare(test.left).deep_equals(
        bare(attempt.key)
    )
    return isinstance(target.operator, cst.In) if is_same else None
