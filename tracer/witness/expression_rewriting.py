"""Rewrites a program for the sake of its expressions, on which `tracer.witness.expressions` puts hooks.

As in `tracer.witness.rewriting` each call keeps its report in a hidden local variable, and generators are
made by plain functions, so that calls are seen when they are made. Of the variables nothing is looked at.
What runs once at import (the top level of the module, class bodies) is left as it is, but for the functions
in it.
"""

import ast
from dataclasses import dataclass, replace
from functools import lru_cache

from tracer.witness.expression_table import ExpressionSite, ObservedFunction, Table, reading_order
from tracer.witness.expressions import REPORT, Expressions, Place
from tracer.witness.nodes import (
    FunctionNode,
    at,
    first_line,
    has_asynchronous_parts,
    made_inside,
    own_nodes,
    vague_lambda,
    with_body,
)

HOOKS = ("begin", "named")
"""What stands for each of these is a constant, which `tracer.witness.expression_capture` replaces."""

_NOTHING_EVALUATED = (
    *(ast.Pass, ast.Break, ast.Continue, ast.Global, ast.Nonlocal, ast.Import, ast.ImportFrom),
    getattr(ast, "TypeAlias", ast.Pass),
)
_NEVER_ENTERED = ("annotation", "returns", "type_params")


@dataclass(frozen=True, slots=True)
class RewrittenExpressions:
    """A program with hooks, what their numbers mean, and the constant that stands for each of `HOOKS`."""

    tree: ast.Module
    table: Table
    placeholders: dict[str, bytes]


def rewrite_expressions(source: str, *, described: bool = False) -> RewrittenExpressions:
    """Rewrite a program; `described`: the table tells the texts of expressions.

    Raises:
        SyntaxError: it does not parse (or another error that says so).
    """
    tree = ast.parse(source)
    originals: dict[int, ast.expr] = {}
    if described:
        pairs = zip(ast.walk(tree), ast.walk(ast.parse(source)), strict=True)
        originals = {id(one): other for one, other in pairs if isinstance(other, ast.expr)}
    constants = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    salt = 0
    while any(b"\2%d%s" % (salt, name.encode()) in constants for name in HOOKS):
        salt += 1
    placeholders = {name: b"\2%d%s" % (salt, name.encode()) for name in HOOKS}
    table = Table()
    order = reading_order(tree)
    _Rewriter(table, order, originals, placeholders).visit(tree)
    return RewrittenExpressions(ast.fix_missing_locations(tree), table, placeholders)


@lru_cache(maxsize=256)
def table_of(source: str) -> Table:
    """Return what the numbers in reports on a program mean."""
    return rewrite_expressions(source, described=True).table


class _Rewriter(ast.NodeTransformer):
    """Visits what runs at import, in search of functions; their statements are rewritten one by one."""

    def __init__(
        self,
        table: Table,
        order: dict[int, tuple[int, int, int]],
        originals: dict[int, ast.expr],
        placeholders: dict[str, bytes],
    ) -> None:
        self._table = table
        self._placeholders = placeholders
        self._prefix = ""
        self._globals: frozenset[str] = frozenset()
        self._expressions = Expressions(table, order, originals, self._lambda)

    # What is not in a function

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Visit all that is evaluated in a node."""
        if isinstance(node, ast.stmt):
            self._expressions.place.line = first_line(node)
        for name, value in ast.iter_fields(node):
            if name in _NEVER_ENTERED:
                continue
            if isinstance(value, ast.AST):
                setattr(node, name, self.visit(value))
            elif isinstance(value, list):
                setattr(node, name, [self.visit(one) if isinstance(one, ast.AST) else one for one in value])
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._outer_function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._outer_function(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self._expressions.place.line = first_line(node)
        for name in ("decorator_list", "bases", "keywords"):
            setattr(node, name, [self.visit(one) for one in getattr(node, name)])
        self._class_body(node)
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        self.visit(node.args)
        self._lambda(node)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        place = self._expressions.place
        outer, place.in_iterable = place.in_iterable, True
        node.iter = self.visit(node.iter)
        place.in_iterable = outer
        node.ifs = [self.visit(one) for one in node.ifs]
        return node

    def _outer_function(self, node: FunctionNode) -> ast.AST:
        self._expressions.place.line = first_line(node)
        node.decorator_list = [self.visit(one) for one in node.decorator_list]
        self.visit(node.args)
        return self._define(node)

    def _class_body(self, node: ast.ClassDef) -> None:
        outer = self._prefix, self._globals
        self._prefix, self._globals = f"{self._qualified(node.name)}.", frozenset()
        node.body = [self.visit(one) for one in node.body]
        self._prefix, self._globals = outer

    def _qualified(self, name: str) -> str:
        return name if name in self._globals else self._prefix + name

    # Functions

    def _define(self, node: FunctionNode) -> ast.stmt:
        own = own_nodes(node.body)
        vague = "it has asynchronous comprehensions" if any(map(has_asynchronous_parts, own)) else None
        name = self._qualified(node.name)
        number = self._new_function(name, vague)
        suspends = isinstance(node, ast.AsyncFunctionDef) or any(
            isinstance(one, ast.Yield | ast.YieldFrom) for one in own
        )
        documented = ast.get_docstring(node, clean=False) is not None
        doc, body = node.body[: int(documented)], node.body[int(documented) :]
        outer = self._expressions.place, self._prefix, self._globals
        self._expressions.place = Place(function=number, line=first_line(node))
        self._prefix = f"{name}.<locals>."
        self._globals = frozenset(word for one in own if isinstance(one, ast.Global) for word in one.names)
        where = node.body[0]
        body = self._block(body) or [at(where, ast.Pass())]
        self._expressions.place, self._prefix, self._globals = outer
        begin = self._placeholder("begin", ast.Constant(number))
        report = at(where, ast.Assign([ast.Name(REPORT, ast.Store())], begin))
        if not suspends:
            node.body = [*doc, report, *body]
            return node
        inner, made = made_inside(node, body, REPORT)
        named = self._placeholder("named", ast.Constant(number), made, ast.Constant(node.name))
        return with_body(node, [*doc, report, at(where, inner), at(where, ast.Return(named))])

    def _lambda(self, node: ast.Lambda) -> None:
        """Rewrite the body of a lambda: its report is made first, then the body is evaluated."""
        name = f"{self._prefix}<lambda>"
        body = node.body
        place = self._expressions.place
        vague = vague_lambda(node, place.in_iterable)
        number = self._new_function(name, vague)
        if vague is not None:
            return
        outer = place, self._prefix, self._globals
        self._expressions.place = replace(place, function=number, report=REPORT)
        self._prefix, self._globals = f"{name}.<locals>.", frozenset()
        site = self._new_site(place.line)
        begin = self._placeholder("begin", ast.Constant(number), ast.Constant(site))
        new = self._expressions.value(body)
        self._expressions.place, self._prefix, self._globals = outer
        if place.in_iterable:  # nothing can be assigned there
            given = ast.arguments([], [ast.arg(REPORT)], None, [], [], None, [])
            node.body = ast.Call(ast.Lambda(given, new), [begin], [])
        else:
            kept = ast.NamedExpr(ast.Name(REPORT, ast.Store()), begin)
            node.body = ast.Subscript(ast.Tuple([kept, new], ast.Load()), ast.Constant(1), ast.Load())
        ast.copy_location(node.body, body)

    def _new_function(self, name: str, vague: str | None) -> int:
        self._table.functions.append(ObservedFunction(name, vague))
        return len(self._table.functions) - 1

    def _new_site(self, line: int) -> int:
        """Number a site at the current place; the expressions that follow belong to it."""
        place = self._expressions.place
        place.line = line
        self._table.sites.append(ExpressionSite(line, place.function))
        place.site = len(self._table.sites) - 1
        return place.site

    # Statements

    def _block(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        return [part for node in statements for part in self._statement(node)]

    def _statement(self, node: ast.stmt) -> list[ast.stmt]:  # noqa: PLR0912
        if isinstance(node, _NOTHING_EVALUATED):
            return [node]
        if isinstance(node, ast.Try | ast.TryStar):
            for clause in node.handlers:
                clause.body = self._block(clause.body)
            for name in ("body", "orelse", "finalbody"):
                setattr(node, name, self._block(getattr(node, name)))
            return [node]
        rewrite = self._expressions
        site = self._new_site(first_line(node))
        step = self._step(site, node)
        before, after = [at(node, ast.Expr(step))], []
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                node.decorator_list = rewrite.values(node.decorator_list)
                rewrite.defaults(node.args)
                node = self._define(node)
            case ast.ClassDef():
                self._class(node)
            case ast.For() | ast.AsyncFor():
                hook = "visits" if isinstance(node, ast.For) else "async_visits"
                node.iter = rewrite.hook(hook, node.iter, ast.Constant(site), rewrite.value(node.iter))
                node.body, node.orelse = self._block(node.body), self._block(node.orelse)
            case ast.While(test=ast.Constant()):
                node.body, node.orelse = self._block(node.body), self._block(node.orelse)
            case ast.While():
                self._branches(node)
                node.test = ast.copy_location(ast.BoolOp(ast.And(), [step, node.test]), node.test)
                before = []  # every test is an execution
            case ast.If():
                self._branches(node)
            case ast.Assert():
                node.test, condition = rewrite.condition(node.test)
                node.msg = node.msg and rewrite.arm(node.msg, condition, False)
                after = self._taken(condition, True, node)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    item.context_expr = rewrite.value(item.context_expr)
                node.body = self._block(node.body)
            case ast.Match():
                node.subject = rewrite.value(node.subject)
                for case in node.cases:
                    self._case(case)
            case ast.AnnAssign(value=None):
                pass
            case _:
                self._simple(node)
        return [*before, node, *after]

    def _branches(self, node: ast.If | ast.While) -> None:
        node.test, condition = self._expressions.condition(node.test)
        node.body = [*self._taken(condition, True, node), *self._block(node.body)]
        node.orelse = [*self._taken(condition, False, node), *self._block(node.orelse)]

    def _case(self, case: ast.match_case) -> None:
        taken: list[ast.stmt] = []
        if case.guard is not None:
            site = self._new_site(case.pattern.lineno)
            step = self._step(site, case.guard)
            guard, condition = self._expressions.condition(case.guard)
            case.guard = ast.copy_location(ast.BoolOp(ast.And(), [step, guard]), guard)
            taken = self._taken(condition, True, case.pattern)
        case.body = [*taken, *self._block(case.body)]

    def _class(self, node: ast.ClassDef) -> None:
        node.decorator_list = self._expressions.values(node.decorator_list)
        if not getattr(node, "type_params", []):  # else they are evaluated in a scope of its own
            node.bases = self._expressions.values(node.bases)
            for word in node.keywords:
                word.value = self._expressions.value(word.value)
        self._class_body(node)

    def _simple(self, node: ast.stmt) -> None:
        for name in ("targets", "target"):
            found = getattr(node, name, None)
            for one in found if isinstance(found, list) else [found]:
                if isinstance(one, ast.expr):
                    self._expressions.target(one)
        for name in ("value", "exc", "cause"):
            if isinstance(part := getattr(node, name, None), ast.expr):
                setattr(node, name, self._expressions.value(part))

    # Hooks

    def _placeholder(self, name: str, *arguments: ast.expr) -> ast.expr:
        return ast.Call(ast.Constant(self._placeholders[name]), list(arguments), [])

    def _step(self, site: int, where: ast.AST) -> ast.expr:
        return self._expressions.hook("step", where, ast.Constant(site))

    def _taken(self, condition: int | None, outcome: bool, where: ast.AST) -> list[ast.stmt]:
        if condition is None:
            return []
        return [at(where, ast.Expr(self._expressions.took(condition, outcome, where)))]
