"""The places in a program that report while it runs, and what is known of each from the text."""

import ast
from dataclasses import dataclass, field
from typing import Literal

Role = Literal[
    "made",  # a call of the function is made
    "begin",  # its first statement is about to run
    "end",  # it ends
    "raised out",  # an exception leaves it
    "visit",  # a statement, or the header of one, is about to run
    "again",  # the header of a loop is about to run once more
    "suspension",  # a generator hands out a value
    "with exit",  # the block of a `with` is over
    "iteration",  # the body of a loop begins
    "true",  # the condition held
    "false",  # it did not
    "raised",  # an exception passes
]


@dataclass(frozen=True)
class Site:
    """One place that reports.

    Attributes:
        function: index of the function whose statement it is.
        line: first line of the statement or header.
        last: last line of the statement or header (without its blocks).
        loops: the sites of the loops around it, outermost first.
        targets: the names that the statement assigns at its end.
        suspends: it may suspend the call where the oracle does not see it.
        calm: it runs over one line, or does one thing only.
        silent: nothing is executed there.
    """

    role: Role
    function: int
    line: int
    last: int
    kind: str = ""
    loops: tuple[int, ...] = ()
    targets: frozenset[str] = frozenset()
    suspends: bool = False
    calm: bool = True
    silent: bool = False
    endless: bool = False
    unclear: bool = False


@dataclass
class FunctionFacts:
    """A function of the program: `names` are looked at in each of its reports."""

    qualname: str
    names: tuple[str, ...]
    parameters: tuple[str, ...]
    generator: bool
    lines: dict[int, list[int]] = field(default_factory=dict)
    """First line -> the visit sites that begin there."""
    covered: dict[int, int] = field(default_factory=dict)
    """Line -> how many statements or headers lie on it."""


@dataclass
class Table:
    """All sites and functions of one program."""

    sites: list[Site] = field(default_factory=list)
    functions: list[FunctionFacts] = field(default_factory=list)

    def add(self, site: Site) -> int:
        """Take a site in; return its number."""
        self.sites.append(site)
        number = len(self.sites) - 1
        if site.role == "visit":
            facts = self.functions[site.function]
            facts.lines.setdefault(site.line, []).append(number)
            for line in range(site.line, site.last + 1):
                facts.covered[line] = facts.covered.get(line, 0) + 1
        return number


def own_parts(node: ast.AST) -> list[ast.AST]:
    """Return the parts of a statement that run with it: no blocks, no bodies of functions inside."""
    match node:
        case ast.If() | ast.While():
            roots: list[ast.AST] = [node.test]
        case ast.For() | ast.AsyncFor():
            roots = [node.iter, node.target]
        case ast.With() | ast.AsyncWith():
            roots = list(node.items)
        case ast.Try() | ast.TryStar():
            roots = []
        case ast.ExceptHandler():
            roots = [node.type] if node.type else []
        case ast.Match():
            roots = [node.subject]
        case ast.match_case():
            roots = [node.pattern, *([node.guard] if node.guard else [])]
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            roots = [*node.decorator_list, node.args]
        case ast.ClassDef():
            roots = [*node.decorator_list, *node.bases, *node.body]
        case _:
            roots = [node]
    found: list[ast.AST] = []
    while roots:
        part = roots.pop()
        found.append(part)
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        roots.extend(ast.iter_child_nodes(part))
    return found


def suspends(node: ast.AST) -> bool:
    """Tell whether a statement itself may suspend the call that runs it."""
    if isinstance(node, ast.AsyncFor | ast.AsyncWith):
        return True
    waits = (ast.Yield, ast.YieldFrom, ast.Await)
    return any(
        isinstance(part, waits) or (isinstance(part, ast.comprehension) and part.is_async)
        for part in own_parts(node)
    )


def header_last(node: ast.AST) -> int:
    """Return the last line of a statement, or of its header where it has blocks."""
    match node:
        case ast.If() | ast.While():
            last = node.test.end_lineno
        case ast.For() | ast.AsyncFor():
            last = node.iter.end_lineno
        case ast.With() | ast.AsyncWith():
            item = node.items[-1]
            last = (item.optional_vars or item.context_expr).end_lineno
        case ast.Try() | ast.TryStar():
            last = node.lineno
        case ast.ExceptHandler():
            last = node.type.end_lineno if node.type else node.lineno
        case ast.Match():
            last = node.subject.end_lineno
        case ast.match_case():
            last = (node.guard or node.pattern).end_lineno
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            last = max(node.lineno, node.body[0].lineno - 1)
        case _:
            last = getattr(node, "end_lineno", None)
    return last or int(getattr(node, "lineno", 0))


def first_line(node: ast.AST) -> int:
    """Return the line on which a statement begins: a decorator's, where it has one."""
    if isinstance(node, ast.match_case):
        return node.pattern.lineno
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([int(getattr(node, "lineno", 0)), *[one.lineno for one in decorators]])


def describe(node: ast.AST, function: int, loops: tuple[int, ...]) -> Site:
    """Return what is known of a statement, or of its header."""
    targets: set[str] = set()
    if isinstance(node, ast.Assign):
        targets = {target.id for target in node.targets if isinstance(target, ast.Name)}
    elif isinstance(node, ast.AugAssign | ast.AnnAssign) and isinstance(node.target, ast.Name):
        targets = {node.target.id}
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        targets = {node.name}
    first, last = first_line(node), header_last(node)
    several = isinstance(node, ast.With | ast.AsyncWith) and len(node.items) > 1
    constant = isinstance(node, ast.While) and isinstance(node.test, ast.Constant)
    return Site(
        "visit",
        function,
        first,
        last,
        kind=type(node).__name__,
        loops=loops,
        targets=frozenset(targets),
        suspends=suspends(node),
        calm=first == last and not several,
        silent=isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant),
        endless=constant and bool(node.test.value),  # type: ignore[attr-defined]
        unclear=_folds(node),
    )


def _folds(node: ast.AST) -> bool:
    """Tell whether the test of a loop may be known to the compiler, so that it is no longer made."""
    if not isinstance(node, ast.While) or isinstance(node.test, ast.Constant):
        return False
    moving = (ast.Name, ast.Call, ast.Attribute, ast.Yield, ast.Await)
    return not any(isinstance(part, moving) for part in ast.walk(node.test))
