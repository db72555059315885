"""The text of a rewritten tree, of which only the rewritten part is printed.

libcst prints a module node by node, which takes longer than to rewrite it. A rewritten tree shares with the
program's own all statements that did not change, and their text is there already, in whole lines.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import fields
from functools import cache
from typing import cast

import libcst as cst
from libcst._nodes.internal import CodegenState

from tracer import source_lines

_Statements = Sequence[cst.BaseStatement]
_NOWHERE = nullcontext()


class _Text(CodegenState):
    """Text in the making of which nobody asks for positions; libcst would offer to note them all."""

    def record_syntactic_position(  # type: ignore[override]  # libcst uses no more of it than `with` does
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> AbstractContextManager[None]:
        return _NOWHERE


def text_of(tree: cst.Module, nodes: Sequence[cst.CSTNode], indents: Sequence[str] = ()) -> str:
    """The text of nodes that stand in a tree, one behind the other."""
    state = _Text(
        default_indent=tree.default_indent,
        default_newline=tree.default_newline,
        indent_tokens=list(indents),
    )
    for node in nodes:
        node._codegen(state)
    return "".join(state.tokens)


class Printer:
    """Prints trees that were made from one tree.

    Args:
        tree: The tree that the others were made from, as it was parsed.
        code: Its text.
        first_line: Gives the line on which a statement of it begins, decorators included, counted from 1.
        last_line: Gives the line on which it ends.
    """

    def __init__(
        self,
        tree: cst.Module,
        code: str,
        first_line: Callable[[cst.BaseStatement], int],
        last_line: Callable[[cst.BaseStatement], int],
    ) -> None:
        self._tree = tree
        self._lines = source_lines(code, keepends=True)
        self._first_line = first_line
        self._last_line = last_line

    def text(self, tree: cst.Module) -> str:
        """The text of a tree, the same as `tree.code`."""
        old = self._tree
        is_regular = old.default_newline.endswith("\n") and old.has_trailing_newline
        if not is_regular or not _differ_in_body(old, tree):
            return tree.code
        return self._spliced(cast(_Statements, old.body), cast(_Statements, tree.body), []) or tree.code

    def _spliced(self, old: _Statements, new: _Statements, indents: list[str]) -> str | None:
        """The text with statements of one block exchanged; None where that cannot be told apart."""
        most = min(len(old), len(new))
        first = next((place for place in range(most) if old[place] is not new[place]), most)
        most -= first
        last = next((place for place in range(most) if old[-1 - place] is not new[-1 - place]), most)
        old_part, new_part = old[first : len(old) - last], new[first : len(new) - last]
        if not new or not old_part:
            return None
        if len(old_part) == len(new_part) == 1 and _differ_in_body(old_part[0], new_part[0]):
            one, other = (getattr(part[0], _BODY) for part in (old_part, new_part))
            if isinstance(one, cst.IndentedBlock) and _differ_in_body(one, other):
                indent = self._tree.default_indent if one.indent is None else one.indent
                return self._spliced(one.body, other.body, [*indents, indent])
        below = _lines_below(old_part[-1])
        if below is None:
            return None
        begin = self._first_line(old_part[0]) - 1 - _lines_above(old_part[0])
        end = self._last_line(old_part[-1]) + below
        above = "".join(self._lines[:begin])
        return above + text_of(self._tree, new_part, indents) + "".join(self._lines[end:])


_BODY = "body"


def _lines_above(statement: cst.BaseStatement) -> int:
    """How many lines of comments or nothing stand above a statement and belong to it."""
    return len(getattr(statement, "leading_lines", ()))


def _lines_below(statement: cst.CSTNode) -> int | None:
    """How many lines of comments or nothing the last blocks of a statement end with; None if not known."""
    if isinstance(statement, cst.Match):
        return None
    suite = _last_suite(statement)
    if not isinstance(suite, cst.IndentedBlock):
        return 0
    inner = _lines_below(suite.body[-1]) if suite.body else 0
    return None if inner is None else len(suite.footer) + inner


def _last_suite(statement: cst.CSTNode) -> cst.CSTNode | None:
    """The block with which a compound statement ends."""
    for name in ("finalbody", "orelse", "handlers"):
        part = getattr(statement, name, None)
        if isinstance(part, Sequence) and part:
            return _last_suite(part[-1])
        if isinstance(part, cst.CSTNode):
            return _last_suite(part)
    return getattr(statement, _BODY, None)


@cache
def _other_fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    return tuple(part.name for part in fields(kind) if part.name != _BODY)


def _differ_in_body(old: cst.CSTNode, new: cst.CSTNode) -> bool:
    """Whether two nodes share everything but what stands in their block."""
    if type(old) is not type(new) or not hasattr(old, _BODY):
        return False
    return all(getattr(old, name) is getattr(new, name) for name in _other_fields(type(old)))
