"""Reads the question of a published probe, as far as fixed rules can: what is asked, when, on which terms.

The questions were written by models, in free words. The rules look for a few turns of phrase only; a question
that they do not fit is not read, rather than guessed.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from core_bench.suites.sources.core import PublishedProbe
from tracer import LiteralError, literal, parse_literal

When = Literal["before", "after"]

_NAME = r"[A-Za-z_]\w*"
_ELEMENT = rf"{_NAME}\[\d+\]"
_QUOTED = rf"(?:`({_NAME})`|'({_NAME})'|`({_ELEMENT})`|'({_ELEMENT})'|({_ELEMENT}))"
_VALUE = re.compile(
    r"\b(?:(?:value|contents?|state)(?: that is| which is)? (?:of|assigned to|recorded for)|assigned to|"
    r"assignment to|what will be the value of|computed for)"
    rf"(?: the)?(?: variable| list| set| updated)? {_QUOTED}",
    re.IGNORECASE,
)
_VALUE_OF_THE = re.compile(
    rf"\b(?:value|content|state) of the (?:variable |list |set )?{_QUOTED}|"
    rf"what (?:exact )?value is assigned to {_QUOTED}|"
    rf"value for {_QUOTED}|of the {_QUOTED} (?:list|set|variable)",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"values of `|value of the `\w+` variable and|values of '")
_TRUTH = re.compile(r"\b(?:result|outcome|condition|evaluat\w+|boolean)\b", re.IGNORECASE)
_RETURNED = re.compile(r"\b(?:(?:value )?returned by|return value of) the function")
_BINDING = re.compile(
    rf"`?\b({_NAME})`? ?=(?!=) ?`?(-?\d+|'[^']*'|\"[^\"]*\")|"
    rf"`({_NAME})` (?:is|has a value of|is currently|equals|currently set to) `?(-?\d+|'[^']*')"
)
_LINE = re.compile(r"\bline (\d+)\b", re.IGNORECASE)
_FRAGMENT = re.compile(r"`([^`]+)`")
_OF_EXPRESSION = re.compile(
    r"(?:value (?:returned by|of|added to '\w+' by) the expression|result of(?: evaluating)?|"
    r"result of(?: evaluating)? the expression) `"
)
_AROUND = re.compile(
    r"\b(?:before|after) (?:executing |evaluating )?(?:the )?(?:line |condition |statement |expression |"
    r"execution of |evaluation of |operation )*(?:on line \d+ )?\(?$"
)
_IMMEDIATELY = re.compile(rf"\b(?:immediately|just|right) {_AROUND.pattern[2:]}")
_UNKNOWN = "no expression of the program, and no variable, is asked for in words that the rules know"
_TYPE_WORDS = frozenset({"boolean"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a question asks.

    Attributes:
        kind: `variable`, the value of a local variable; `expression`, that of a part of the source;
            `returned`, that of the whole call.
        text: The name or the expression; empty for `returned`.
        lines: Lines of the statement that the question names: of the expression, or around which the
            variable is asked for.
        quoted: Whether the question quotes that statement, and does not only give a line number.
        when: Whether the state before or after that statement is meant; None where it is not said.
        terms: Name -> literal of the variables whose values the question gives to name the moment.
    """

    kind: Literal["variable", "expression", "returned"]
    text: str
    lines: tuple[int, ...]
    quoted: bool
    when: When | None
    terms: dict[str, str]


def read_question(probe: PublishedProbe) -> Reading | str:
    """Return what a question asks, or why the rules cannot tell."""
    question = probe.question
    if _SEVERAL.search(question):
        return "it asks for several values at once"
    tree = ast.parse(probe.code)
    if probe.answer_type in _TYPE_WORDS and _TRUTH.search(question):
        return _expression(question, tree)
    if _RETURNED.search(question):
        return Reading("returned", "", (), False, None, {})
    name = _asked_name(question)
    if name is not None:
        return _variable(name, question, tree)
    if _OF_EXPRESSION.search(question):
        return _expression(question, tree)
    return _UNKNOWN


def _asked_name(question: str) -> str | None:
    for pattern in (_VALUE, _VALUE_OF_THE):
        found = pattern.search(question)
        if found is not None:
            return next(group for group in found.groups() if group)
    return None


def _variable(text: str, question: str, tree: ast.Module) -> Reading | str:
    name = text.partition("[")[0]
    if name not in _locals(tree):
        return f"the program has no variable {name}"
    terms = _terms(question, tree)
    terms.pop(text, None)
    lines, quoted = _statements(question, tree)
    when = _when(question) if lines else None
    if when == "after" and _are_headers(lines, tree):
        when = None  # a condition changes nothing: what may be meant is what the block under it does
    return Reading("variable", text, lines, quoted, when, terms)


def _are_headers(lines: tuple[int, ...], tree: ast.Module) -> bool:
    headers = {node.lineno for node in ast.walk(tree) if isinstance(node, ast.If | ast.While)}
    return set(lines) <= headers


def _expression(question: str, tree: ast.Module) -> Reading | str:
    for fragment in sorted(_FRAGMENT.findall(question), key=len, reverse=True):
        found = _parsed(fragment)
        if found is None or isinstance(found, ast.Name | ast.Constant):
            continue
        lines = tuple(sorted(_lines_with(found, tree)))
        if lines:
            return Reading("expression", ast.unparse(found), lines, True, "before", _terms(question, tree))
    return _UNKNOWN


def _parsed(fragment: str) -> ast.expr | None:
    text = re.sub(r"^(?:el)?if |^while |^return |:$", "", fragment.strip()).strip()
    text = re.sub(r":$", "", text)
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        return None


def _lines_with(expression: ast.expr, tree: ast.Module) -> Iterator[int]:
    """Yield the first line of each statement, header of a block, that has the expression in it."""
    wanted = ast.dump(expression)
    for statement in ast.walk(tree):
        if isinstance(statement, ast.stmt):
            for part in _own_expressions(statement):
                if any(ast.dump(node) == wanted for node in ast.walk(part) if isinstance(node, ast.expr)):
                    yield statement.lineno


def _own_expressions(statement: ast.stmt) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(statement):
        if not isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
            yield child


def _statements(question: str, tree: ast.Module) -> tuple[tuple[int, ...], bool]:
    """Return the lines of the statement that the question quotes, else of the one whose line it names.

    The second value tells whether it is quoted.
    """
    statements = [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    for fragment in _by_nearness(question):
        lines = {node.lineno for node in statements if _is_quoted(node, fragment)}
        expression = _parsed(fragment)
        if not lines and not isinstance(expression, ast.Name | ast.Constant | None):
            lines = set(_lines_with(expression, tree))
        if lines:
            return tuple(sorted(lines)), True
    named = {int(number) for number in _LINE.findall(question)}
    there = len(named) == 1 and named <= {node.lineno for node in statements}
    return (tuple(sorted(named)) if there else ()), False


def _is_quoted(statement: ast.stmt, fragment: str) -> bool:
    try:
        quoted = ast.parse(fragment.strip()).body
    except (SyntaxError, ValueError):
        return False
    return len(quoted) == 1 and ast.dump(quoted[0]) == ast.dump(statement)


def _by_nearness(question: str) -> list[str]:
    """Return the quoted fragments, those right behind "immediately after" and its like first."""
    ranked = []
    for found in _FRAGMENT.finditer(question):
        begun = question[: found.start()]
        rank = 0 if _IMMEDIATELY.search(begun) else 1 if _AROUND.search(begun) else 2
        if rank < 2 or not _BINDING.fullmatch(found[0].strip("`")):  # `i = 3` tells when, not what
            ranked.append((rank, -len(found[1]), found[1]))
    return [fragment for _, _, fragment in sorted(ranked)]


def _when(question: str) -> When | None:
    before = re.search(r"\bbefore\b", question)
    after = re.search(r"\bafter\b", question)
    if before and after:
        return None
    return "before" if before else "after"


def _terms(question: str, tree: ast.Module) -> dict[str, str]:
    known = _locals(tree)
    terms: dict[str, str] = {}
    for groups in _BINDING.findall(question):
        name, text = (groups[0], groups[1]) if groups[0] else (groups[2], groups[3])
        if name in known:
            try:
                terms.setdefault(name, literal(parse_literal(text)))
            except LiteralError:
                continue
    return terms


def _locals(tree: ast.Module) -> set[str]:
    names = {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return names | {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
