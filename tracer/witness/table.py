"""The places of a program that its hooks report, by number; read off the syntax."""

import ast
from dataclasses import dataclass, field

from tracer.witness.nodes import COMPREHENSIONS, first_line

_KINDS: dict[type, str] = {
    ast.If: "if",
    ast.For: "for",
    ast.AsyncFor: "for",
    ast.Return: "return",
    ast.With: "with",
    ast.Try: "try",
    ast.Raise: "raise",
}


@dataclass(frozen=True, slots=True)
class Site:
    """A statement, or a clause of one that is executed by itself (`except`, `case`).

    Attributes:
        kind: such as "if", "while", "endless", "for", "return", "text" (a constant); "simple" for any other.
        line: its first line, decorators included.
        last: last line of what is evaluated at the statement itself.
        function: number of its function.
        loops: sites of the loops around it, outermost first.
    """

    kind: str
    line: int
    last: int
    function: int
    loops: tuple[int, ...]


@dataclass(slots=True)
class Function:
    """A function of the program.

    Attributes:
        name: qualified name.
        parameters: in order.
        vague: why its steps cannot be told, None if they can.
    """

    name: str
    parameters: tuple[str, ...]
    vague: str | None = None


@dataclass(slots=True)
class Rewritten:
    """A program with its hooks.

    Attributes:
        tree: what to compile.
        sites: by number.
        functions: by number.
        placeholders: hook -> the constant that stands for it.
    """

    tree: ast.Module
    sites: list[Site] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    placeholders: dict[str, bytes] = field(default_factory=dict)


def why_vague(own: list[ast.AST]) -> str | None:
    """Say why the steps of a function cannot be told from the nodes of its scope, None if they can."""
    for node in own:
        if isinstance(node, ast.TryStar):
            return "it has `except*` clauses"
        if isinstance(node, COMPREHENSIONS) and any(
            isinstance(part, ast.Await) or (isinstance(part, ast.comprehension) and part.is_async)
            for part in ast.walk(node)
        ):
            return "it has asynchronous comprehensions"
    return None


def kind_of(node: ast.stmt) -> str:
    """Return the kind of the site of a statement."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return "text"
    return _KINDS.get(type(node), "simple")


def header_end(node: ast.stmt) -> int:
    """Return the last line of what is evaluated at a statement itself."""
    match node:
        case ast.If():
            return node.test.end_lineno or node.lineno
        case ast.For() | ast.AsyncFor():
            return node.iter.end_lineno or node.lineno
        case ast.With() | ast.AsyncWith():
            return max((one.optional_vars or one.context_expr).end_lineno or 0 for one in node.items)
        case ast.Match():
            return node.subject.end_lineno or node.lineno
        case ast.Try() | ast.TryStar():
            return node.lineno
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return max(node.lineno, first_line(node.body[0]) - 1)
    return node.end_lineno or node.lineno
