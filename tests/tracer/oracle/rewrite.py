"""Rewrites a program so that it reports the values of its names around every statement.

Reports go through `_o_`, a name that the worker adds to the builtins (`runtime`). No name is added to the
program: its `locals()` and `globals()` are what they were. Values are read name by name. Rewritten statements
keep their lines, so that tracebacks do, too.
"""

import ast
import copy
from collections.abc import Callable
from dataclasses import replace

from tests.tracer.oracle.scopes import Function, mangled, module_names, parameters_of, watched_names
from tests.tracer.oracle.sites import FunctionFacts, Role, Site, Table, describe, first_line, own_parts
from tests.tracer.oracle.syntax import (
    Body,
    Places,
    all_own,
    call,
    catches_all,
    caught,
    continues_from_a_try,
    helper,
    number,
    own_statements,
    places,
)

_MANY_THREADS = {"threading", "_thread", "concurrent", "multiprocessing"}


class CannotRewriteError(ValueError):
    """A program that uses what the oracle does not know."""


def rewrite(code: str) -> tuple[ast.Module, Table]:
    """Return the program that reports, with the table of the places that do.

    Raises `CannotRewriteError` where it uses what the oracle does not know, `SyntaxError` if it is none.
    """
    tree = ast.parse(code)
    if any(isinstance(node, ast.TryStar) for node in ast.walk(tree)):
        raise CannotRewriteError("except*")
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {one.name.split(".")[0] for one in node.names} | {getattr(node, "module", "")}
            if names & _MANY_THREADS:
                raise CannotRewriteError("threads")
    table = Table()
    order = places(compile(code, "<program>", "exec", dont_inherit=True))
    _Outside(table, module_names(tree), order, "", None).visit(tree)
    return ast.fix_missing_locations(tree), table


class _Outside(ast.NodeTransformer):
    """Rewrites the functions that lie outside of any function: in the module or in class bodies."""

    def __init__(
        self, table: Table, of_module: set[str], places: Places, prefix: str, owner: str | None
    ) -> None:
        self.table = table
        self.places = places
        self.of_module = of_module
        self.prefix = prefix
        self.owner = owner
        self.to_module: set[str] = set()

    def visit_FunctionDef(self, node: Function) -> ast.stmt:
        prefix = "" if node.name in self.to_module else self.prefix
        return _Inside(self, node, prefix + node.name).rewritten()

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.stmt:
        return self.visit_FunctionDef(node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        prefix = "" if node.name in self.to_module else self.prefix
        inner = _Outside(self.table, self.of_module, self.places, f"{prefix}{node.name}.", node.name)
        node.body = [inner.visit(statement) for statement in node.body]
        return node


class _Inside:
    """Rewrites one function, and those inside it."""

    def __init__(self, around: _Outside, node: Function, qualname: str) -> None:
        self.table = around.table
        self.around = around
        self.node = node
        self.owner = around.owner
        names = watched_names(node, around.owner, around.of_module)
        # The compiler orders variables as it meets them, and a call that ends drops them in that order.
        order = around.places.get((first_line(node), qualname), ())
        self.names = [name for name in order if name in names]
        self.names += [name for name in names if name not in self.names]
        statements = [part for statement in node.body for part in own_statements(statement)]
        waits = any(isinstance(part, ast.Yield | ast.YieldFrom) for one in node.body for part in all_own(one))
        self.generator = waits or isinstance(node, ast.AsyncFunctionDef)
        parameters = [mangled(name, around.owner) for name in parameters_of(node.args)]
        self.facts = FunctionFacts(qualname, tuple(self.names), tuple(parameters), self.generator)
        self.table.functions.append(self.facts)
        self.index = len(self.table.functions) - 1
        self.inside = _Outside(
            self.table, around.of_module, around.places, f"{qualname}.<locals>.", around.owner
        )
        for statement in statements:
            if isinstance(statement, ast.Global):
                self.inside.to_module.update(statement.names)
        self.again: list[Body] = []
        """Of each loop around: what reports that its header runs once more, if that can stand anywhere."""
        self.declarations: Body = [one for one in statements if isinstance(one, ast.Global | ast.Nonlocal)]

    def rewritten(self) -> ast.stmt:
        """Return the function that reports."""
        node = self.node
        docstring = [node.body[0]] if ast.get_docstring(node, clean=False) is not None else []
        made = self._site("made", node)
        begin = self._site("begin", node)
        guarded = self._block(node.body[len(docstring) :], (), node)
        fallen = [ast.Expr(call("fell", ast.Constant(None)))]
        out = ast.Expr(call("out", number(self._site("raised out", node))))
        ended = self._report("end", self._site("end", node))
        body: Body = [
            *self.declarations,
            *self._report("begin", begin),
            ast.Try([*guarded, *fallen], caught([out, ast.Raise()]), [], ended),
        ]
        if self.generator:
            body = self._split(body, made)
        fields = {name: getattr(node, name) for name in node._fields}
        return ast.copy_location(ast.FunctionDef(**{**fields, "body": [*docstring, *body]}), node)

    def _split(self, body: Body, made: int) -> Body:
        """Return a body that makes the generator, and says so: a call is made before it first runs."""
        node = self.node
        names = parameters_of(node.args)
        plain = ast.arguments([], [ast.arg(name) for name in names], None, [], [], None, [])
        inner = type(node)("_o_inner", plain, body, [], None)
        if hasattr(ast, "TypeAlias"):  # Python 3.12 and later
            inner.type_params = []  # type: ignore[union-attr,unused-ignore]
        name = [ast.Constant(node.name), ast.Constant(self.facts.qualname)]
        function = call("named", ast.Name("_o_inner", ast.Load()), *name)
        passed: list[ast.expr] = [ast.Name(parameter, ast.Load()) for parameter in names]
        generator = ast.Call(function, passed, [])
        return [inner, ast.Return(call("made", number(made), generator))]

    def _site(self, role: Role, node: ast.AST, loops: tuple[int, ...] = (), line: int | None = None) -> int:
        at = line or node.lineno  # type: ignore[attr-defined]
        return self.table.add(Site(role, self.index, at, at, loops=loops))

    def _report(self, operation: str, site: int) -> Body:
        """Return statements that report every name; those without a value are found one by one."""
        reads: list[ast.expr] = [ast.Name(name, ast.Load()) for name in self.names]
        fast = ast.Expr(call(operation, number(site), *reads))
        if not self.names:
            return [fast]
        slow: Body = []
        for name in self.names:
            read = ast.Expr(call("value", ast.Name(name, ast.Load())))
            slow.append(ast.Try([read], caught([ast.Expr(call("unbound"))], "NameError"), [], []))
        slow.append(ast.Expr(call("close", helper(operation), number(site))))
        tried = ast.Try([fast], caught([ast.Expr(call("open"))], "NameError"), [], [])
        return [tried, ast.If(call("opened"), slow, [])]

    def _mark(self, role: Role, node: ast.AST, loop: int | None = None) -> ast.stmt:
        loops = () if loop is None else (loop,)
        return ast.Expr(call("mark", number(self._site(role, node, loops))))

    def _block(self, statements: Body, loops: tuple[int, ...], around: ast.AST) -> Body:
        made: Body = []
        for statement in statements:
            made.extend(
                ast.copy_location(new, statement) if not hasattr(new, "lineno") else new
                for new in self._statement(statement, loops)
            )
        return made or [ast.copy_location(ast.Pass(), around)]

    def _statement(self, node: ast.stmt, loops: tuple[int, ...]) -> Body:
        if isinstance(node, ast.Global | ast.Nonlocal):
            return [ast.Pass()]  # it stands at the head of the function
        if isinstance(node, ast.AnnAssign) and node.value is None and node.simple:
            return [node]  # nothing is executed
        site = self.table.add(describe(node, self.index, loops))
        visit = self._report("visit", site)
        method: Callable[[ast.stmt, int, tuple[int, ...]], Body] | None
        method = getattr(self, f"_{type(node).__name__}", None)
        if method is not None:
            return [*visit, *method(node, site, loops)]
        if isinstance(node, ast.ClassDef):
            return [*visit, self.inside.visit(node)]
        return [*visit, *self._simple(node, site, loops)]

    def _FunctionDef(self, node: Function, site: int, loops: tuple[int, ...]) -> Body:
        return [self.inside.visit(node)]

    _AsyncFunctionDef = _FunctionDef

    def _simple(self, node: ast.stmt, site: int, loops: tuple[int, ...]) -> Body:
        before: Body = []
        value = getattr(node, "value", None)
        holds = ast.Expr | ast.Assign | ast.AnnAssign | ast.Return
        if isinstance(value, ast.Yield) and isinstance(node, holds):
            given = value.value or ast.Constant(None)
            if not any(isinstance(part, ast.Yield | ast.YieldFrom | ast.Await) for part in own_parts(given)):
                self.table.sites[site] = replace(self.table.sites[site], suspends=False)
                seen = self._site("suspension", node, loops)
                before = [ast.Expr(call("keep", number(-1), given)), *self._report("visit", seen)]
                value.value = call("take", number(-1))
        if isinstance(node, ast.Return):
            node.value = call("fell", node.value or ast.Constant(None))
        return [*before, node]

    def _If(self, node: ast.If, site: int, loops: tuple[int, ...]) -> Body:
        node.body = [self._mark("true", node), *self._block(node.body, loops, node)]
        node.orelse = [
            self._mark("false", node),
            *(self._block(node.orelse, loops, node) if node.orelse else []),
        ]
        return [node]

    def _looped(self, node: ast.For | ast.AsyncFor | ast.While, site: int, loops: tuple[int, ...]) -> Body:
        again: Body = []
        if not self.table.sites[site].endless:
            repeated = self.table.add(replace(self.table.sites[site], role="again"))
            again = self._report("visit", repeated)
        once = continues_from_a_try(node.body)
        self.again.append([] if once else again)
        inner = self._block(node.body, (*loops, site), node)
        self.again.pop()
        if once:  # `continue` comes to the `else`, after all that has to run on its way
            inner = [ast.For(helper("z", ast.Store()), helper("once"), inner, [*again, ast.Continue()], None)]
            inner.append(ast.Break())
        else:
            inner += again
        held = [self._mark("true", node)] if isinstance(node, ast.While) else []
        failed = [self._mark("false", node)] if isinstance(node, ast.While) else []
        node.body = [*held, self._mark("iteration", node, site), *inner]
        node.orelse = [*failed, *(self._block(node.orelse, loops, node) if node.orelse else [])]
        return [node]

    def _Continue(self, node: ast.Continue, site: int, loops: tuple[int, ...]) -> Body:
        return [*copy.deepcopy(self.again[-1]), node]

    _For = _AsyncFor = _While = _looped

    def _Try(self, node: ast.Try, site: int, loops: tuple[int, ...]) -> Body:
        body = self._block(node.body, loops, node)
        if node.handlers:
            rest = self._block(node.orelse, loops, node) if node.orelse else []
            body = [ast.Try(body, self._handlers(node.handlers, loops, first=True), rest, [])]
        if not node.finalbody:
            return body
        noted = caught([self._mark("raised", node), ast.Raise()])
        return [ast.Try([ast.Try(body, noted, [], [])], [], [], self._block(node.finalbody, loops, node))]

    def _handlers(
        self, handlers: list[ast.ExceptHandler], loops: tuple[int, ...], *, first: bool
    ) -> list[ast.ExceptHandler]:
        """Return one handler that reports each header before it is looked at."""
        node = handlers[0]
        noted = [self._mark("raised", node)] if first else []
        body = [*noted, *self._report("visit", self.table.add(describe(node, self.index, loops)))]
        inner = self._block(node.body, loops, node)
        if node.type is None:
            return caught([*body, *inner])
        tried = [ast.ExceptHandler(node.type, node.name, inner)]
        if len(handlers) > 1:
            tried += self._handlers(handlers[1:], loops, first=False)
        return caught([*body, ast.Try([ast.Raise()], tried, [], [])])

    def _With(self, node: ast.With, site: int, loops: tuple[int, ...]) -> Body:
        leaving = self.table.add(replace(self.table.sites[site], role="with exit"))
        body = self._block(node.body, loops, node)
        noted = caught([self._mark("raised", node), ast.Raise()])
        node.body = [ast.Try(body, noted, [], self._report("visit", leaving))]
        return [node]

    _AsyncWith = _With

    def _Match(self, node: ast.Match, site: int, loops: tuple[int, ...]) -> Body:
        kept = ast.Expr(call("keep", number(site), node.subject))
        return [kept, *self._cases(node.cases, site, loops)]

    def _cases(self, cases: list[ast.match_case], slot: int, loops: tuple[int, ...]) -> Body:
        """Return a `match` of the first case alone, with the others inside its default."""
        dropped = ast.Expr(call("drop", number(slot)))
        if not cases:
            return [dropped]
        case = cases[0]
        visit = self._report("visit", self.table.add(describe(case, self.index, loops)))
        irrefutable = catches_all(case.pattern) and case.guard is None
        body = [dropped, *self._block(case.body, loops, case.pattern)]
        made = [ast.match_case(case.pattern, case.guard, body)]
        if not irrefutable:
            rest = self._cases(cases[1:], slot, loops)
            made.append(ast.match_case(ast.MatchAs(None, None), None, rest))
        statements: Body = [*visit, ast.Match(call("get", number(slot)), made)]
        return statements
