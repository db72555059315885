"""`"".join(...)` becomes a loop that puts the string together."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.changes import changes_of
from variants.analysis.program import Program
from variants.rewriting.accumulation import Accumulation
from variants.rewriting.collecting import accumulate
from variants.rewriting.edits import (
    compound,
    has_comment,
    only_statement,
    replace_statement,
    simple,
    with_comment,
)
from variants.rewriting.expressions import text
from variants.rewriting.loops import Statement
from variants.rewriting.neighbours import in_try
from variants.rewriting.unrolling import is_unrollable
from variants.transform import Change, Family, Parameters, Transform

_STR = frozenset({"str"})
_TEXTS = ("text", "joined", "built", "combined", "assembled", "string", "output", "content")
_PIECES = ("piece", "part", "chunk", "bit", "portion", "segment", "token", "fragment")


class JoinToAccumulation(Transform):
    """Appends piece by piece to a string."""

    name: ClassVar[str] = "join_to_accumulation"
    family: ClassVar[Family] = "comprehensions"
    description: ClassVar[str] = "`return ''.join(xs)` becomes a loop that adds each piece to a string"
    preconditions: ClassVar[str] = (
        "The join with an empty separator is the whole value of a return or of an assignment. Every piece is "
        "provably a str, or they are all there before the first is added, so that what is no str fails with "
        "the same TypeError. Refused: in a try or with, types of the program's own, walrus, await, comments."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})
    invents_names: ClassVar[bool] = True
    undoes: ClassVar[frozenset[str]] = frozenset({"loop_to_join"})

    def candidates(self, program: Program) -> Iterator[cst.SimpleStatementLine]:
        """Lines whose value is joined."""
        for line in program.nodes(cst.SimpleStatementLine):
            if program.function_of(line) is not None and _pieces(program, line) is not None:
                yield line

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the loop in the place of the line."""
        assert isinstance(node, cst.SimpleStatementLine)
        statement, pieces = only_statement(node), _pieces(program, node)
        assert isinstance(statement, cst.Assign | cst.Return)
        assert pieces is not None
        if isinstance(pieces, cst.ListComp | cst.GeneratorExp):
            lines = accumulate(program, Accumulation(statement, pieces, "text"))
        else:
            lines = _walk(program, statement, pieces)
        return replace_statement(
            program, node, [with_comment(lines[0], node.trailing_whitespace), *lines[1:]]
        )


def _walk(
    program: Program, statement: cst.Assign | cst.Return, pieces: cst.BaseExpression
) -> list[Statement]:
    name = program.fresh(*_TEXTS)
    piece = program.fresh(*_PIECES, avoid=(name,))
    source = text(program, pieces)
    source = f"({source})" if isinstance(pieces, cst.Tuple) and source[0] != "(" else source
    end = "return "
    if isinstance(statement, cst.Assign):
        end = "".join(f"{program.text(target.target)} = " for target in statement.targets)
    return [
        simple(program, f'{name} = ""'),
        compound(program, f"for {piece} in {source}:", [simple(program, f"{name} += {piece}")]),
        simple(program, f"{end}{name}"),
    ]


def _pieces(program: Program, line: cst.SimpleStatementLine) -> cst.BaseExpression | None:
    statement = only_statement(line)
    call = statement.value if isinstance(statement, cst.Assign | cst.Return) else None
    if not isinstance(call, cst.Call) or not isinstance(call.func, cst.Attribute) or len(call.args) != 1:
        return None
    argument, separator = call.args[0], call.func.value
    if call.func.attr.value != "join" or argument.star or argument.keyword is not None:
        return None
    if not isinstance(separator, cst.SimpleString) or separator.evaluated_value != "":
        return None
    if has_comment(program, call) or in_try(program, line) or not program.has_plain_types:
        return None
    pieces = argument.value
    if program.nodes_within(pieces, cst.NamedExpr, cst.Await, cst.Yield):
        return None
    is_comprehension = isinstance(pieces, cst.ListComp | cst.GeneratorExp)
    if isinstance(pieces, cst.ListComp | cst.GeneratorExp) and not is_unrollable(program, pieces):
        return None
    if not _are_texts(program, pieces) and not _are_at_hand(program, pieces):
        return None
    return pieces if is_comprehension or "\n" not in program.text(pieces) else None


def _are_at_hand(program: Program, pieces: cst.BaseExpression) -> bool:
    """Whether all pieces are there before the first is added, so that producing them fails before, too."""
    if program.calls_builtin(pieces, "sorted", "list", "tuple", "reversed"):
        return changes_of(program, pieces).is_none
    return (
        isinstance(pieces, cst.Name)
        and not program.nodes(cst.Yield, cst.GeneratorExp)
        and _has_lists(program)
    )


def _has_lists(program: Program) -> bool:
    """Whether no variable can hold an iterator that still has work to do."""
    return program.names.isdisjoint({"iter", "map", "filter", "zip", "enumerate", "reversed", "open"})


def _are_texts(program: Program, pieces: cst.BaseExpression) -> bool:
    kinds = program.types.elements(pieces)
    return bool(kinds) and kinds <= _STR
