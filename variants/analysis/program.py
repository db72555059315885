"""A program that is about to be rewritten: its tree, and what is known about its names and functions."""

import ast
import builtins
import keyword
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from functools import cache, cached_property
from typing import TYPE_CHECKING, TypeVar, cast

import libcst as cst

from variants.analysis.index import Index
from variants.analysis.printing import Printer, text_of
from variants.analysis.scopes import GlobalScope, Scope, scopes_of

if TYPE_CHECKING:
    from variants.analysis.inference import Inference

_Node = TypeVar("_Node", bound=cst.CSTNode)

#: Names through which a program can see its own variables, frames or source text.
REFLECTIVE_NAMES = frozenset(
    {
        *("locals", "globals", "vars", "dir", "eval", "exec", "inspect", "traceback", "_getframe"),
        *("__code__", "__annotations__", "__kwdefaults__", "__traceback__"),
    }
)
#: Modules that make no type with arithmetic of its own.
_PLAIN_MODULES = frozenset(
    {"typing", "math", "string", "re", "itertools", "functools", "operator", "bisect", "heapq", "copy"}
)
#: Nobody subclasses them, and to ask an abstract class takes ten times as long as to compare.
_DEFINITIONS = frozenset({cst.FunctionDef, cst.ClassDef})
_RESERVED = frozenset({*keyword.kwlist, *keyword.softkwlist, *dir(builtins)})


class ProgramError(ValueError):
    """A program cannot be used: it does not parse, has no entry point, or fails on its own inputs."""


@cache
def _is_one_of(kind: type[cst.CSTNode], kinds: tuple[type[cst.CSTNode], ...]) -> bool:
    return issubclass(kind, kinds)


def _statements(node: ast.AST) -> Iterator[ast.stmt]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        if not isinstance(child, ast.expr):
            yield from _statements(child)


class Program:
    """A parsed program; everything derived from it is computed at most once.

    Args:
        code: The program's text.

    Raises:
        ProgramError: The text is not a Python module.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        try:
            self.tree = cst.parse_module(code)
        except cst.ParserSyntaxError as error:
            raise ProgramError(
                f"the program does not parse: {error.message} (line {error.raw_line}); give valid Python text"
            ) from error
        self._index = Index(self.tree, with_trivia="#" in code)
        self._nodes: dict[tuple[type[cst.CSTNode], ...], Sequence[cst.CSTNode]] = {}
        self._texts: dict[cst.CSTNode, str] = {}
        self._functions: dict[cst.CSTNode, cst.FunctionDef | None] = {}
        self._wish = 0

    def wishing(self, wish: int) -> "Program":
        """The same program, whose `fresh` begins with the wish at that place, counted round from 0."""
        other = copy(self)
        other._wish = wish
        return other

    @cached_property
    def _scopes(self) -> dict[cst.CSTNode, Scope]:
        return scopes_of(self.tree)

    @cached_property
    def scopes(self) -> list[Scope]:
        """Every scope that something in the program is evaluated in, outer ones first."""
        found = dict.fromkeys(self._scopes.get(node) for node in self._index.order)
        return [scope for scope in found if scope is not None]

    @cached_property
    def _parsed(self) -> dict[cst.CSTNode, ast.stmt]:
        """Python's own node of every statement, which knows its lines; libcst would print all to find out."""
        kinds = (cst.BaseSmallStatement, cst.BaseCompoundStatement)
        statements: list[cst.CSTNode] = self.nodes(*kinds)  # type: ignore[type-abstract]
        return dict(zip(statements, _statements(ast.parse(self.code)), strict=True))

    @cached_property
    def parsing(self) -> cst.PartialParserConfig:
        """How to parse text that is to become part of the program."""
        return self.tree.config_for_parsing

    @cached_property
    def types(self) -> "Inference":
        """What the names and expressions of the program provably are."""
        from variants.analysis.inference import Inference

        return Inference(self)

    @property
    def is_opaque(self) -> bool:
        """Whether no rewrite can be proved: the program looks at its own names, or binds them unseen."""
        return self._index.unsupported or not self._index.names.isdisjoint(REFLECTIVE_NAMES)

    @property
    def hindrance(self) -> str | None:
        """Why the program is opaque, for people; None where it is not."""
        looks = sorted(self._index.names & REFLECTIVE_NAMES)
        if looks:
            return f"it can see its own names or text (through {', '.join(looks)}), so any rewrite could show"
        if self._index.unsupported:
            return "it has case patterns that bind names or ask objects for their parts"
        return None

    @property
    def names(self) -> set[str]:
        """Every identifier that occurs in the text, as a variable, attribute or keyword."""
        return self._index.names

    @property
    def annotated_names(self) -> set[str]:
        """Names that stand inside a string annotation."""
        return self._index.annotated

    @property
    def shared_names(self) -> set[str]:
        """Names that may be written from another scope: by ``global``, ``nonlocal`` or a walrus."""
        return self._index.shared

    @property
    def keyword_names(self) -> set[str]:
        """Names that a call in the program passes by keyword."""
        return self._index.keywords

    @property
    def spreads_keywords(self) -> bool:
        """Whether a call passes ``**mapping``, so that any parameter may be passed by keyword."""
        return self._index.spreads_keywords

    @cached_property
    def bound_names(self) -> frozenset[str]:
        """Every name that some scope of the program assigns, imports or defines."""
        return frozenset(assignment.name for scope in self.scopes for assignment in scope.assignments)

    @cached_property
    def global_names(self) -> frozenset[str]:
        """Every name that the module itself binds."""
        scopes = [scope for scope in self.scopes if isinstance(scope, GlobalScope)]
        return frozenset(assignment.name for scope in scopes for assignment in scope.assignments)

    @cached_property
    def has_star_import(self) -> bool:
        """Whether ``from m import *`` may bind any name (``typing`` is known to bind no builtin)."""
        stars = [
            node.module
            for node in self.nodes(cst.ImportFrom)
            if isinstance(node.names, cst.ImportStar) and node.module is not None
        ]
        return any(self.text(module) != "typing" for module in stars)

    @cached_property
    def has_plain_types(self) -> bool:
        """Whether all values are of builtin types, given arguments that are literals.

        Then no operation with a number or string on its left gives something that can change in place.
        """
        modules = {self.text(alias.name) for alias in self.nodes(cst.ImportAlias) if self._is_module(alias)}
        modules |= {self.text(node.module) if node.module else "." for node in self.nodes(cst.ImportFrom)}
        return not self.nodes(cst.ClassDef) and modules <= _PLAIN_MODULES

    def _is_module(self, alias: cst.ImportAlias) -> bool:
        return isinstance(self.parent(alias), cst.Import)

    def nodes(self, *kinds: type[_Node]) -> list[_Node]:
        """All nodes of the given classes in source order."""
        if kinds not in self._nodes:
            found = [nodes for kind, nodes in self._index.by_type.items() if _is_one_of(kind, kinds)]
            merged = [node for nodes in found for node in nodes]
            self._nodes[kinds] = merged if len(found) < 2 else sorted(merged, key=self.order)
        return cast(list[_Node], self._nodes[kinds])

    def nodes_within(self, outer: cst.CSTNode, *kinds: type[_Node]) -> list[_Node]:
        """The nodes of the given classes that are ``outer`` or lie in it, in source order."""
        nodes = self.nodes(*kinds)
        first = bisect_left(nodes, self._index.order[outer], key=self.order)
        return nodes[first : bisect_left(nodes, self._index.ends[outer], lo=first, key=self.order)]

    def text(self, node: cst.CSTNode) -> str:
        """The source text of a node."""
        if node not in self._texts:
            self._texts[node] = text_of(self.tree, (node,))
        return self._texts[node]

    def printed(self, tree: cst.Module) -> str:
        """The source text of a tree that was made from the program's own."""
        return self._printer.text(tree)

    @cached_property
    def _printer(self) -> Printer:
        return Printer(self.tree, self.code, self._first_line, self._last_line)

    def line(self, node: cst.CSTNode) -> int:
        """The line on which a node, or the statement that it is part of, starts; counted from 1."""
        if isinstance(node, cst.SimpleStatementLine):
            node = node.body[0]
        while node not in self._parsed:
            node = self._index.parents[node]
        return self._parsed[node].lineno

    def _first_line(self, statement: cst.BaseStatement) -> int:
        """The line on which a statement begins, with its decorators."""
        begins = statement.body[0] if isinstance(statement, cst.SimpleStatementLine) else statement
        parsed = self._parsed[begins]
        decorators = parsed.decorator_list if isinstance(parsed, ast.FunctionDef | ast.ClassDef) else ()
        return min([parsed.lineno, *(part.lineno for part in decorators)])

    def _last_line(self, statement: cst.BaseStatement) -> int:
        """The line on which the last part of a statement ends."""
        ends = statement.body[-1] if isinstance(statement, cst.SimpleStatementLine) else statement
        last = self._parsed[ends].end_lineno
        assert last is not None  # a parser gives it; only nodes made by hand have none
        return last

    def order(self, node: cst.CSTNode) -> int:
        """The place of a node in source order (a parent comes before its children)."""
        return self._index.order[node]

    def scope(self, node: cst.CSTNode) -> Scope | None:
        """The scope that a node is evaluated in."""
        return self._scopes.get(node)

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """The node that a node is part of; None for the module."""
        return self._index.parents.get(node)

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """The nodes that a node is part of, nearest first."""
        parent = self.parent(node)
        while parent is not None:
            yield parent
            parent = self.parent(parent)

    def encloses(self, outer: cst.CSTNode, node: cst.CSTNode) -> bool:
        """Whether a node is ``outer`` or lies within it; none that was made anew does."""
        order, ends = self._index.order, self._index.ends
        place = order.get(node, -1)
        return outer in order and order[outer] <= place < ends[outer]

    def function_of(self, node: cst.CSTNode) -> cst.FunctionDef | None:
        """The function whose body a statement belongs to; None at module or class level."""
        if node not in self._functions:
            around = self.parent(node)
            while around is not None and type(around) not in _DEFINITIONS:
                around = self.parent(around)
            self._functions[node] = around if isinstance(around, cst.FunctionDef) else None
        return self._functions[node]

    def qualified_name(self, function: cst.FunctionDef) -> str:
        """The function's ``__qualname__``, for instance ``outer.<locals>.inner``."""
        name = function.name.value
        for ancestor in self.ancestors(function):
            if isinstance(ancestor, cst.FunctionDef):
                name = f"{ancestor.name.value}.<locals>.{name}"
            elif isinstance(ancestor, cst.ClassDef):
                name = f"{ancestor.name.value}.{name}"
        return name

    def is_builtin(self, *names: str) -> bool:
        """Whether names can only mean the builtins called so, wherever they stand."""
        return not self.has_star_import and self.bound_names.isdisjoint(names)

    def calls_builtin(self, node: cst.CSTNode, *names: str) -> bool:
        """Whether a node is a call of one of these builtins."""
        return (
            isinstance(node, cst.Call)
            and isinstance(node.func, cst.Name)
            and node.func.value in names
            and self.is_builtin(node.func.value)
        )

    def fresh(self, *wishes: str, avoid: Iterable[str] = ()) -> str:
        """The first of the wished names that nothing in the program uses, numbered where all are taken."""
        taken = {*self.names, *_RESERVED, *avoid}
        first = self._wish % len(wishes)
        wishes = wishes[first:] + wishes[:first]
        free = next((wish for wish in wishes if wish not in taken), None)
        number = 2
        while free is None:
            free = next((f"{wish}{number}" for wish in wishes if f"{wish}{number}" not in taken), None)
            number += 1
        return free

    def is_free(self, name: str) -> bool:
        """Whether a name can be introduced anywhere without meeting another one."""
        return name.isidentifier() and name not in self.names and name not in _RESERVED
