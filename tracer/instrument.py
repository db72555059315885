"""Rewrites a program so that its run reports itself: frames, statements, loops, and every sub-expression.

Each reported expression `e` becomes `hook(number, e)`, and the hook returns what it was given, so order,
laziness and scopes stay Python's own. A hook is no name: it is a constant of the code object, put in
place of a placeholder after compilation. So nothing of it shows in `globals()`, `locals()` or `dir()`, and
no name of the program can collide with it.

What runs once at import (the module's top level, class bodies) is left as it is: a run is observed from
the call of its entry point on. Neither are patterns, annotations, types of exception handlers, targets of
loops and the called name or attribute itself reported.
"""

import ast
import warnings
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import CodeType

from tracer.expressions import Expressions, call, statement_call
from tracer.program import ProgramError, parse_source
from tracer.sites import HOOKS, Sites, Statement

_Defined = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_UNTOUCHED_FIELDS = {"annotation", "returns", "type_params"}
_NO_EXPRESSION = (ast.Pass, ast.Break, ast.Continue, ast.Global, ast.Nonlocal, ast.Import, ast.ImportFrom)
# A `type` statement is evaluated later, in a scope of its own.
_TYPE_ALIAS = getattr(ast, "TypeAlias", ast.Pass)

_Hook = Callable[..., object]


@lru_cache(maxsize=256)
def instrument(source: str, filename: str = "<program>") -> Sites:
    """Rewrite a program; `bind` makes its code runnable.

    Raises:
        ProgramError: it does not parse or compile, or is nested too deeply to be rewritten.
    """
    tree = parse_source(source)
    placeholders = _placeholders(tree)
    try:
        rewriter = _Rewriter(source, placeholders)
        rewriter.module(tree)
        ast.fix_missing_locations(tree)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the program, and "'bytes' object is not callable"
            code = compile(tree, filename, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise ProgramError(f"line {error.lineno}: {error.msg}") from None
    except RecursionError:
        raise ProgramError("the program is nested too deeply to be instrumented") from None
    expressions = rewriter.expressions
    return Sites(
        statements=tuple(expressions.statements),
        expressions=tuple(expressions.table),
        functions=tuple(rewriter.functions),
        junctions=expressions.junctions,
        roots=expressions.roots,
        chains=expressions.chains,
        tests=expressions.tests,
        code=code,
        placeholders=placeholders,
    )


def bind(sites: Sites, hooks: Mapping[str, _Hook]) -> CodeType:
    """Return the instrumented code with each placeholder replaced by its hook."""
    return _bound(sites.code, {sites.placeholders[name]: hook for name, hook in hooks.items()})


def _placeholders(tree: ast.Module) -> dict[str, bytes]:
    constants = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    salt = 0
    while any(b"\0hook %d " % salt in value for value in constants if isinstance(value, bytes)):
        salt += 1
    return {name: b"\0hook %d %s" % (salt, name.encode()) for name in HOOKS}


def _bound(code: CodeType, hooks: Mapping[bytes, _Hook]) -> CodeType:
    def constant(value: object) -> object:
        if isinstance(value, CodeType):
            return _bound(value, hooks)
        return hooks.get(value, value) if isinstance(value, bytes) else value

    return code.replace(co_consts=tuple(map(constant, code.co_consts)))


class _Rewriter:
    """Walks the statements; expressions are the business of `Expressions`."""

    def __init__(self, source: str, placeholders: dict[str, bytes]) -> None:
        self.expressions = Expressions(source, placeholders, self._lambda)
        self.functions: list[str] = []
        self._placeholders = placeholders
        self._prefix = ""
        self._global_names: frozenset[str] = frozenset()
        self._line, self._column = 1, 0

    def module(self, tree: ast.Module) -> None:
        """Rewrite, in place, the functions of a module."""
        for statement in tree.body:
            self._outside(statement)

    def _hook(self, name: str, where: ast.AST, *numbers: int) -> ast.stmt:
        return statement_call(self._placeholders[name], where, *numbers)

    def _outside(self, node: ast.AST) -> None:
        """Rewrite the functions in what runs at import only."""
        if isinstance(node, ast.stmt):
            self._line, self._column = _first(node)
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                for header in (*node.decorator_list, node.args):
                    self._outside(header)
                self._function(node)
            case ast.ClassDef():
                for header in (*node.decorator_list, *node.bases, *node.keywords):
                    self._outside(header)
                self._class_body(node)
            case ast.Lambda():
                self._outside(node.args)
                self._lambda(node)
            case _:
                for name, field in ast.iter_fields(node):
                    if name in _UNTOUCHED_FIELDS:
                        continue  # kept as text under `from __future__ import annotations`
                    for child in field if isinstance(field, list) else [field]:
                        if isinstance(child, ast.AST):
                            self._outside(child)

    def _class_body(self, node: ast.ClassDef) -> None:
        # Left as it is: the names of a class body live in a mapping that its metaclass may have made.
        outer = self._prefix, self._global_names
        self._prefix, self._global_names = f"{self._qualified(node)}.", frozenset()
        for statement in node.body:
            self._outside(statement)
        self._prefix, self._global_names = outer

    def _qualified(self, node: _Defined) -> str:
        return node.name if node.name in self._global_names else self._prefix + node.name

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        name = self._qualified(node)
        outer = self._prefix, self._global_names, self._line, self._column
        self._prefix, self._global_names = f"{name}.<locals>.", _declared_global(node)
        outer_function, self.expressions.function = self.expressions.function, name
        docstring = node.body[:1] if ast.get_docstring(node, clean=False) is not None else []
        enter = self._hook("enter", node.body[0], self._new_function(name))
        node.body = [*docstring, enter, *self._block(node.body[len(docstring) :])]
        self._prefix, self._global_names, self._line, self._column = outer
        self.expressions.function = outer_function

    def _lambda(self, node: ast.Lambda) -> None:
        """Rewrite the body of a lambda; its defaults belong to the statement around it."""
        name = f"{self._prefix}<lambda>"
        outer = self._prefix, self._global_names
        outer_function, outer_statement = self.expressions.function, self.expressions.statement
        self._prefix, self._global_names = f"{name}.<locals>.", frozenset()
        self.expressions.function = name
        number = self._new_statement()
        enter = call(self._placeholders["enter"], node.body, self._new_function(name), number)
        body = self.expressions.value(node.body)
        node.body = call(self._placeholders["then"], node.body, enter, body)
        self._prefix, self._global_names = outer
        self.expressions.function, self.expressions.statement = outer_function, outer_statement

    def _new_function(self, name: str) -> int:
        self.functions.append(name)
        return len(self.functions) - 1

    def _new_statement(self) -> int:
        """Number a statement at the current place; the expressions that follow belong to it."""
        expressions = self.expressions
        expressions.statements.append(Statement(self._line, self._column, expressions.function))
        expressions.statement = len(expressions.statements) - 1
        return expressions.statement

    def _block(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        return [new for statement in statements for new in self._statement(statement)]

    def _statement(self, node: ast.stmt) -> list[ast.stmt]:
        """Return what stands for a statement of a function."""
        if isinstance(node, (*_NO_EXPRESSION, _TYPE_ALIAS)):
            return [node]
        if isinstance(node, ast.Try | ast.TryStar):
            for block in (node, *node.handlers):
                self._blocks(block)
            return [node]
        self._line, self._column = _first(node)
        number = self._new_statement()
        begin = self._hook("begin", node, number)
        if isinstance(node, ast.For | ast.AsyncFor | ast.While):
            return self._loop(node, number, begin)
        self._header(node)
        self._blocks(node)
        return [begin, node]

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, number: int, begin: ast.stmt) -> list[ast.stmt]:
        before = [begin]
        if isinstance(node, ast.While):
            if not isinstance(node.test, ast.Constant):
                node.test = self._begun(number, self.expressions.test(node.test))
                before = []  # every test is an execution of the header
            self._blocks(node)
            node.body.insert(0, self._hook("iteration", node, number))
        else:
            node.iter = self.expressions.value(node.iter)
            self._blocks(node)
            node.body.insert(0, self._hook("next_visit", node, number))
            node.orelse.insert(0, self._hook("exhausted", node, number))
        return [*before, self._hook("loop", node, number), node]

    def _begun(self, statement: int, expression: ast.expr) -> ast.expr:
        begin = call(self._placeholders["begin"], expression, statement)
        return call(self._placeholders["then"], expression, begin, expression)

    def _header(self, node: ast.stmt) -> None:
        """Rewrite the expressions that are evaluated at the statement itself."""
        rewrite = self.expressions
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self._definition(node)
            case ast.If() | ast.Assert():
                node.test = rewrite.test(node.test)
                if isinstance(node, ast.Assert) and node.msg is not None:
                    node.msg = rewrite.value(node.msg)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    item.context_expr = rewrite.value(item.context_expr)
            case ast.AnnAssign(value=None):
                pass
            case _:
                self._simple(node)

    def _definition(self, node: _Defined) -> None:
        node.decorator_list = [self.expressions.value(decorator) for decorator in node.decorator_list]
        if not isinstance(node, ast.ClassDef):
            self.expressions.defaults(node.args)
            self._function(node)
            return
        if not getattr(node, "type_params", []):  # else the bases have a frame of their own
            node.bases = [self.expressions.value(base) for base in node.bases]
            self.expressions.keywords(node.keywords)
        self._class_body(node)

    def _simple(self, node: ast.stmt) -> None:
        for name in ("targets", "target"):
            found = getattr(node, name, None)
            for target in found if isinstance(found, list) else [found]:
                if isinstance(target, ast.expr):
                    self.expressions.target(target)
        for name in ("subject", "value", "exc", "cause"):
            if isinstance(getattr(node, name, None), ast.expr):
                setattr(node, name, self.expressions.value(getattr(node, name)))

    def _blocks(self, node: ast.stmt | ast.ExceptHandler) -> None:
        """Rewrite the blocks of a compound statement of the function."""
        if isinstance(node, _Defined):
            return
        for case in getattr(node, "cases", []):
            self._line, self._column = case.pattern.lineno, case.pattern.col_offset
            if case.guard is not None:
                number = self._new_statement()
                case.guard = self._begun(number, self.expressions.test(case.guard))
            case.body = self._block(case.body)
        for name in ("body", "orelse", "finalbody"):
            if getattr(node, name, None):
                setattr(node, name, self._block(getattr(node, name)))


def _first(node: ast.stmt) -> tuple[int, int]:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    places = [(node.lineno, node.col_offset), *((one.lineno, one.col_offset) for one in decorators)]
    return min(places)


def _declared_global(function: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """Return the names that a function, not one inside it, declares global."""
    names: set[str] = set()
    rest: list[ast.AST] = list(function.body)
    while rest:
        node = rest.pop()
        if isinstance(node, ast.Global):
            names.update(node.names)
        elif not isinstance(node, _Defined | ast.Lambda):
            rest.extend(ast.iter_child_nodes(node))
    return frozenset(names)
