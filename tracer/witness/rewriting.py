"""Puts hooks into a program: before every statement, around what ends a call, wherever control can turn.

Each call of a function keeps a report in a hidden local variable, whose name no program can write. A hook is
called with the variables of the frame (`locals()`, whose result it empties: up to Python 3.12 it is the
frame's own, and would keep what the program lets go). Whatever is put in keeps order, laziness and lifetimes
as they are; a `for` becomes a `while` that asks its iterator at the place where the header is executed.

What runs once at import (the top level of the module, class bodies), lambdas and comprehensions are left as
they are: they run inside a step.
"""

import ast
from functools import lru_cache

from tracer.witness.nodes import (
    FunctionNode,
    at,
    first_line,
    made_inside,
    own_nodes,
    parameters_of,
    with_body,
)
from tracer.witness.suspensions import rewrite_suspensions
from tracer.witness.table import Function, Rewritten, Site, header_end, kind_of, why_vague

REPORT = ".report"
"""The hidden variable."""

HOOKS = ("begin", "make", "named", "locals")
"""What stands for each of these is a constant, which `tracer.witness.capture` puts in after compilation."""

_SILENT = (ast.Global, ast.Nonlocal)


@lru_cache(maxsize=256)
def rewrite(source: str) -> Rewritten:
    """Rewrite a program; raises SyntaxError (or its kin) where it does not parse."""
    tree = ast.parse(source)
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    salt = 0
    while any(b"\1%d%s" % (salt, name.encode()) in texts for name in HOOKS):
        salt += 1
    result = Rewritten(tree, placeholders={name: b"\1%d%s" % (salt, name.encode()) for name in HOOKS})
    writer = _Rewriter(result)
    tree.body = [part for node in tree.body for part in writer.at_import(node)]
    ast.fix_missing_locations(tree)
    return result


class _Rewriter:
    def __init__(self, result: Rewritten) -> None:
        self._result = result
        self._prefix = ""
        self._globals: frozenset[str] = frozenset()
        self._function = -1
        self._loops: tuple[int, ...] = ()

    # What is not in a function

    def at_import(self, node: ast.stmt) -> list[ast.stmt]:
        """Rewrite the functions in a statement that runs once."""
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return [self._define(node)]
            case ast.ClassDef():
                self._class(node)
                return [node]
        for name in ("body", "orelse", "finalbody"):
            if isinstance(getattr(node, name, None), list):
                setattr(node, name, [part for one in getattr(node, name) for part in self.at_import(one)])
        for clause in (*getattr(node, "handlers", []), *getattr(node, "cases", [])):
            clause.body = [part for one in clause.body for part in self.at_import(one)]
        return [node]

    def _class(self, node: ast.ClassDef) -> None:
        outer = self._prefix, self._globals, self._function, self._loops
        self._prefix = f"{self._qualified(node.name)}."
        self._globals, self._loops = frozenset(), ()
        node.body = [part for one in node.body for part in self.at_import(one)]
        self._prefix, self._globals, self._function, self._loops = outer

    def _qualified(self, name: str) -> str:
        return name if name in self._globals else self._prefix + name

    # Functions

    def _define(self, node: FunctionNode) -> ast.stmt:
        outer = self._prefix, self._globals, self._function, self._loops
        name = self._qualified(node.name)
        own = list(own_nodes(node.body))
        parameters = parameters_of(node.args)
        self._result.functions.append(Function(name, parameters, why_vague(own)))
        self._function = number = len(self._result.functions) - 1
        self._prefix, self._loops = f"{name}.<locals>.", ()
        self._globals = frozenset(word for one in own if isinstance(one, ast.Global) for word in one.names)
        suspends = isinstance(node, ast.AsyncFunctionDef) or any(
            isinstance(one, ast.Yield | ast.YieldFrom) for one in own
        )
        documented = ast.get_docstring(node, clean=False) is not None
        doc, body = node.body[: int(documented)], node.body[int(documented) :]
        where = node.body[0]
        watched = self._watched(self._block(body), where)
        self._prefix, self._globals, self._function, self._loops = outer
        if suspends:
            return self._made_when_called(node, doc, watched, number)
        begin = self._assign(self._hooked("begin", where, number, self._variables(where)), where)
        node.body = [*doc, begin, watched]
        return node

    def _watched(self, body: list[ast.stmt], where: ast.stmt) -> ast.stmt:
        """Put a function's body between the hooks that see it end."""
        end = (
            []
            if body and isinstance(body[-1], ast.Return | ast.Raise)
            else [self._report("returns", where, -1, ast.Constant(None))]
        )
        fails = [self._report("fails", where), ast.Raise()]
        leaves = [self._report("leaves", where, self._variables(where))]
        handler = ast.ExceptHandler(None, None, fails)
        return at(where, ast.Try([*body, *end], [handler], [], leaves))

    def _made_when_called(
        self, node: FunctionNode, doc: list[ast.stmt], watched: ast.stmt, number: int
    ) -> ast.stmt:
        """Make a generator or coroutine by a plain function, so that its call is seen when it is made."""
        where = watched
        inner, made = made_inside(node, [watched], REPORT)
        begin = self._assign(self._hooked("make", where, number, self._variables(where)), where)
        result = self._hooked("named", where, number, made, ast.Constant(node.name))
        return with_body(node, [*doc, begin, at(where, inner), at(where, ast.Return(result))])

    # Statements

    def _block(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        return [part for node in statements for part in self._statement(node)]

    def _statement(self, node: ast.stmt) -> list[ast.stmt]:  # noqa: PLR0912
        if isinstance(node, _SILENT) or (
            isinstance(node, ast.AnnAssign) and node.value is None and node.simple
        ):
            return [node]
        if isinstance(node, ast.While):
            return self._while(node)
        site = self._site(kind_of(node), node, header_end(node))
        step = self._report("step", node, site, self._variables(node))
        rewrite_suspensions(node, self._suspension)
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return [step, self._define(node)]
            case ast.ClassDef():
                self._class(node)
            case ast.Return(value=None):  # no value may be put in where there is none: an async generator
                return [step, self._report("returns", node, site, ast.Constant(None)), node]
            case ast.Return(value=ast.expr() as value):
                node.value = self._method("returns", node, ast.Constant(site), value)
            case ast.For() | ast.AsyncFor():
                return [step, *self._for(node, site)]
            case ast.If():
                taken = self._report("taken", node, site)
                node.body = [taken, *self._block(node.body)]
                node.orelse = self._block(node.orelse)
            case ast.With() | ast.AsyncWith():
                node.body = [self._passing(self._block(node.body), node, site)]
                if isinstance(node, ast.AsyncWith):
                    return [step, self._report("waits", node, ast.Constant(None)), node]
            case ast.Try():
                return [step, self._try(node)]
            case ast.Match():
                self._match(node)
            case ast.TryStar():
                for block in (node, *node.handlers):
                    block.body = self._block(block.body)  # type: ignore[attr-defined]
                node.orelse, node.finalbody = self._block(node.orelse), self._block(node.finalbody)
        return [step, node]

    def _for(self, node: ast.For | ast.AsyncFor, site: int) -> list[ast.stmt]:
        hidden = f".loop{site}"
        own = ast.Name(hidden, ast.Load())
        waits = isinstance(node, ast.AsyncFor)
        begun = self._method("async_loop" if waits else "loop", node, ast.Constant(site), node.iter)
        test = self._method("async_next" if waits else "next", node, own, self._variables(node))
        take = ast.Call(ast.Attribute(ast.Name(hidden, ast.Load()), "take", ast.Load()), [], [])
        body = [at(node, ast.Assign([node.target], take)), *self._inside(site, node.body)]
        asked = at(node, ast.Await(test)) if waits else test
        loop = ast.copy_location(ast.While(asked, body, self._block(node.orelse)), node)
        let_go = self._assign(ast.Constant(None), node, hidden)
        return [self._assign(begun, node, hidden), at(node, ast.Try([loop], [], [], [let_go]))]

    def _while(self, node: ast.While) -> list[ast.stmt]:
        endless = isinstance(node.test, ast.Constant) and bool(node.test.value)
        site = self._site("endless" if endless else "while", node, node.test.end_lineno)
        rewrite_suspensions(node, self._suspension)
        before = [self._report("start", node, site)]
        if endless:
            before.insert(0, self._report("step", node, site, self._variables(node)))
        else:
            test = self._method("test", node, ast.Constant(site), self._variables(node))
            node.test = ast.BoolOp(ast.And(), [test, node.test])
        node.body = [self._report("round", node, site), *self._inside(site, node.body)]
        node.orelse = self._block(node.orelse)
        return [*before, node]

    def _inside(self, site: int, body: list[ast.stmt]) -> list[ast.stmt]:
        outer, self._loops = self._loops, (*self._loops, site)
        inside = self._block(body)
        self._loops = outer
        return inside

    def _try(self, node: ast.Try) -> ast.stmt:
        node.body = self._block(node.body)
        for handler in node.handlers:
            last = handler.type.end_lineno if handler.type else handler.lineno
            site = self._site("except", handler, last)
            caught = self._method("caught", handler, ast.Constant(site), self._variables(handler))
            if handler.type is not None:
                handler.type = ast.copy_location(ast.BoolOp(ast.And(), [caught, handler.type]), handler.type)
            handler.body = self._block(handler.body)
            if handler.type is None:
                handler.body.insert(0, at(handler, ast.Expr(caught)))
        node.orelse = self._block(node.orelse)
        if not node.finalbody:
            return node
        final, node.finalbody = self._block(node.finalbody), []
        inside: list[ast.stmt] = node.body if not node.handlers else [node]
        return ast.copy_location(ast.Try([self._passing(inside, node)], [], [], final), node)

    def _passing(self, body: list[ast.stmt], where: ast.stmt, site: int | None = None) -> ast.stmt:
        """Have an exception reported that leaves a block, where something may end it unseen.

        The block of a `with`, whose `site` is given, is left by running what may change the state.
        """
        handler = ast.ExceptHandler(None, None, [self._report("passing", where), ast.Raise()])
        exits = [] if site is None else [self._report("exits", where, site, self._variables(where))]
        return at(where, ast.Try(body, [handler], [], exits))

    def _match(self, node: ast.Match) -> None:
        cases: list[ast.match_case] = []
        for case in node.cases:
            last = (case.guard or case.pattern).end_lineno
            site = self._site("case", case.pattern, last)
            asked = self._method("case", case.pattern, ast.Constant(site), self._variables(case.pattern))
            cases.append(ast.match_case(at(case.pattern, ast.MatchAs()), asked, [at(node, ast.Pass())]))
            case.body = self._block(case.body)
            cases.append(case)
        node.cases = cases

    def _site(self, kind: str, node: ast.AST, last: int | None) -> int:
        line = first_line(node)
        site = Site(kind, line, max(line, last or line), self._function, self._loops)
        self._result.sites.append(site)
        return len(self._result.sites) - 1

    # Hooks

    def _hooked(self, name: str, where: ast.AST, *arguments: int | ast.expr) -> ast.expr:
        function = ast.Constant(self._result.placeholders[name])
        return at(where, ast.Call(function, [_expression(argument) for argument in arguments], []))

    def _variables(self, where: ast.AST) -> ast.expr:
        return self._hooked("locals", where)

    def _method(self, name: str, where: ast.AST, *arguments: ast.expr) -> ast.expr:
        function = ast.Attribute(ast.Name(REPORT, ast.Load()), name, ast.Load())
        return at(where, ast.Call(function, list(arguments), []))

    def _report(self, name: str, where: ast.AST, *arguments: int | ast.expr) -> ast.stmt:
        call = self._method(name, where, *(_expression(argument) for argument in arguments))
        return at(where, ast.Expr(call))

    @staticmethod
    def _assign(value: ast.expr, where: ast.AST, name: str = REPORT) -> ast.stmt:
        return at(where, ast.Assign([ast.Name(name, ast.Store())], value))

    def _suspension(self, node: ast.expr) -> ast.expr:
        """Rewrite a `yield`, `yield from` or `await` whose parts are rewritten already."""
        match node:
            case ast.Yield():
                value = node.value or ast.Constant(None)
                node.value = self._method("suspends", node, value, self._variables(node))
            case ast.YieldFrom() | ast.Await():
                node.value = self._method("waits", node, node.value)
        return node


def _expression(argument: int | ast.expr) -> ast.expr:
    return argument if isinstance(argument, ast.expr) else ast.Constant(argument)
