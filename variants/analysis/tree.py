"""Walking and rebuilding syntax trees: what libcst's visitors do, without their cost.

A visitor rebuilds every node that it passes and asks for methods by name; with some thirty rewrites to try at
each of thousands of programs that is most of the time. Nodes are plain dataclasses, so their fields can be
walked directly, and a rewritten tree shares all but the path to what changed.
"""

import dataclasses
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import cache
from typing import Literal

import libcst as cst

Replacement = cst.CSTNode | cst.FlattenSentinel[cst.CSTNode] | cst.RemovalSentinel

#: Nodes whose fields do not stand in source order.
_SOURCE_ORDER: dict[type[cst.CSTNode], tuple[str, ...]] = {
    cst.Arg: ("keyword", "value"),
    cst.ClassDef: ("decorators", "name", "type_parameters", "bases", "keywords", "body"),
    cst.ExceptHandler: ("type", "name", "body"),
    cst.ExceptStarHandler: ("type", "name", "body"),
    cst.FunctionDef: ("asynchronous", "decorators", "name", "type_parameters", "params", "returns", "body"),
    cst.IfExp: ("body", "test", "orelse"),
    cst.MatchCase: ("pattern", "guard", "body"),
    cst.Parameters: (
        "posonly_params", "posonly_ind", "params", "star_arg", "kwonly_params", "star_kwarg",
    ),
    cst.TypeAlias: ("name", "type_parameters", "value"),
}  # fmt: skip

#: Where white space stands between a keyword and an expression.
_GAPS = frozenset(
    {
        *(
            "whitespace_before_test",
            "whitespace_after_return",
            "whitespace_after_while",
            "whitespace_after_if",
        ),
        *(
            "whitespace_after_raise",
            "whitespace_after_assert",
            "whitespace_after_yield",
            "whitespace_after_del",
        ),
        *("whitespace_after_await", "whitespace_after_in", "whitespace_before_in", "whitespace_after_from"),
        *(
            "whitespace_before_if",
            "whitespace_before_else",
            "whitespace_after_else",
            "whitespace_after_match",
        ),
        *("whitespace_after_case", "whitespace_before", "whitespace_after", "whitespace_after_with"),
        *("whitespace_after_for", "whitespace_before_as", "whitespace_after_as", "whitespace_after_lambda"),
    }
)

#: What only shapes the text. A comment can stand inside most of it.
_TRIVIA = (
    cst.BaseParenthesizableWhitespace, cst.TrailingWhitespace, cst.EmptyLine, cst.Newline, cst.Comma, cst.Dot,
    cst.Colon, cst.Semicolon, cst.AssignEqual, cst.LeftParen, cst.RightParen, cst.LeftSquareBracket,
    cst.RightSquareBracket, cst.LeftCurlyBrace, cst.RightCurlyBrace,
)  # fmt: skip


_Kind = Literal["node", "trivia", "sequence", "other"]
_KINDS: dict[type, _Kind] = {}


def children(node: cst.CSTNode, *, with_trivia: bool = False) -> Iterator[cst.CSTNode]:
    """Yield the nodes that a node is made of, in source order (trivia, if wanted, not quite so)."""
    for name in _fields(type(node)):
        value = getattr(node, name)
        kind = _kind(value)
        if kind == "node" or (with_trivia and kind == "trivia"):
            yield value
        elif kind == "sequence":
            for member in value:
                kind = _kind(member)
                if kind == "node" or (with_trivia and kind == "trivia"):
                    yield member


def rebuild(
    root: cst.CSTNode,
    replacements: Mapping[cst.CSTNode, Replacement],
    around: Container[cst.CSTNode] | None = None,
) -> cst.CSTNode:
    """A tree with the given nodes exchanged, removed, or replaced by several; the rest is shared.

    Args:
        root: The tree.
        replacements: What takes the place of which node.
        around: All nodes that hold a replaced one, where they are known: nothing else is looked into then.
    """
    changed = _exchanged(root, replacements, around)
    assert isinstance(changed, cst.CSTNode)
    return changed


def _exchanged(
    node: cst.CSTNode,
    replacements: Mapping[cst.CSTNode, Replacement],
    around: Container[cst.CSTNode] | None,
) -> Replacement:
    if node in replacements:
        return replacements[node]
    if around is not None and node not in around:
        return node
    changes: dict[str, object] = {}
    for name in _fields(type(node)):
        value = getattr(node, name)
        kind = _kind(value)
        if kind == "sequence":
            members = _exchanged_members(value, replacements, around)
            if members is not None:
                changes[name] = members
        elif kind != "other" and (new := _exchanged(value, replacements, around)) is not value:
            changes[name] = new
    return _with_changes(node, changes) if changes else node


def _with_changes(node: cst.CSTNode, changes: Mapping[str, object]) -> cst.CSTNode:
    try:
        return node.with_changes(**changes)
    except cst.CSTValidationError:  # in `if(a):` the parentheses, now gone, kept two words apart
        gaps = {
            name: cst.SimpleWhitespace(" ")
            for name in _fields(type(node))
            if name in _GAPS and _is_empty(getattr(node, name))
        }
        return node.with_changes(**gaps, **changes)


def _is_empty(whitespace: object) -> bool:
    return isinstance(whitespace, cst.SimpleWhitespace) and not whitespace.value


def _exchanged_members(
    members: Sequence[object],
    replacements: Mapping[cst.CSTNode, Replacement],
    around: Container[cst.CSTNode] | None,
) -> tuple[object, ...] | None:
    found: list[object] = []
    changed = False
    for member in members:
        new = _exchanged(member, replacements, around) if isinstance(member, cst.CSTNode) else member
        changed = changed or new is not member
        if isinstance(new, cst.FlattenSentinel):
            found += new
        elif not isinstance(new, cst.RemovalSentinel):
            found.append(new)
    return tuple(found) if changed else None


def _kind(value: object) -> _Kind:
    kind = _KINDS.get(type(value))
    if kind is None:
        if isinstance(value, cst.CSTNode):
            kind = "trivia" if isinstance(value, _TRIVIA) else "node"
        else:
            kind = "sequence" if isinstance(value, list | tuple) else "other"
        _KINDS[type(value)] = kind
    return kind


@cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    names = tuple(field.name for field in dataclasses.fields(kind))
    ordered = _SOURCE_ORDER.get(kind, ())
    return (*ordered, *(name for name in names if name not in ordered))
