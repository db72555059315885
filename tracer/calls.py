"""Argument lists as text: `"[3, 1], k=2"` is what one writes between the parentheses of a call."""

import ast
import unicodedata
from dataclasses import dataclass

from tracer.values import LiteralError, literal, literal_value, parse_expression


class InputError(ValueError):
    """An argument list that is not made of literals."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """The values of one argument list; fresh objects at every parse, so a call may mutate them."""

    positional: tuple[object, ...]
    keyword: dict[str, object]

    def values(self) -> list[object]:
        """Return the argument values as one value, whose text shows what a call mutated."""
        return [list(self.positional), self.keyword]


def parse_arguments(text: str) -> Arguments:
    """Parse an argument list of literals.

    Raises:
        InputError: the text is no argument list, or an argument is no literal.
    """
    call = _call_node(text)
    try:
        positional = tuple(literal_value(argument) for argument in call.args)
        keyword = {str(word.arg): literal_value(word.value) for word in call.keywords}
    except LiteralError as error:
        raise InputError(f"in the arguments ({text}): {error}") from None
    return Arguments(positional, keyword)


def parse_call(text: str) -> tuple[str, str]:
    """Take a call such as `"f([3, 1], k=2)"` apart: the function's name, and the text of its arguments.

    Raises:
        InputError: the text is no call of a function by its plain name, or an argument is no literal.
    """
    try:
        node = parse_expression(text.strip())
    except LiteralError as error:
        raise InputError(f"the call is {error}") from None
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        raise InputError("this is no call of a function by its plain name")
    words = [f"{word.arg}={ast.unparse(word.value)}" for word in node.keywords if word.arg]
    if len(words) < len(node.keywords):
        raise InputError("the call uses **, which is no literal")
    arguments = ", ".join([*map(ast.unparse, node.args), *words])
    parse_arguments(arguments)
    return unicodedata.normalize("NFKC", node.func.id), arguments


def first_argument(text: str) -> str | None:
    """Return the canonical literal of the first argument, None for an empty list."""
    arguments = parse_arguments(text)
    values = [*arguments.positional, *arguments.keyword.values()]
    return literal(values[0]) if values else None


def _call_node(text: str) -> ast.Call:
    try:
        node = parse_expression(f"f({text})")
    except LiteralError as error:
        raise InputError(f"the arguments ({text}) do not parse: {error}") from None
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        raise InputError(f"({text}) is no argument list")
    if any(word.arg is None for word in node.keywords):
        raise InputError(f"`**` is not supported in the arguments ({text})")
    return node
