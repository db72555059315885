"""Pieces of syntax, and questions to them."""

import ast
import types

Body = list[ast.stmt]
Places = dict[tuple[int, str], tuple[str, ...]]


def places(code: types.CodeType) -> Places:
    """Return (first line, qualified name) -> names of the local variables in the compiler's order."""
    found = {(code.co_firstlineno, code.co_qualname): code.co_varnames}
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found |= places(constant)
    return found


def call(name: str, *arguments: ast.expr) -> ast.Call:
    """Return a call of one of the runtime's functions."""
    return ast.Call(helper(name), list(arguments), [])


def helper(name: str, context: ast.expr_context | None = None) -> ast.Attribute:
    """Return one of the runtime's names."""
    return ast.Attribute(ast.Name("_o_", ast.Load()), name, context or ast.Load())


def number(value: int) -> ast.Constant:
    """Return a number as syntax."""
    return ast.Constant(value)


def caught(handler_body: Body, name: str = "BaseException") -> list[ast.ExceptHandler]:
    """Return the handler of a class of exceptions that the runtime knows."""
    return [ast.ExceptHandler(helper(name), None, handler_body)]


def continues_from_a_try(body: Body, *, inside: bool = False) -> bool:
    """Tell whether a `continue` of this loop has to leave a `try` or `with` on its way."""
    for node in body:
        if isinstance(node, ast.Continue) and inside:
            return True
        if isinstance(node, ast.For | ast.AsyncFor | ast.While):
            found = continues_from_a_try(node.orelse, inside=inside)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found = False
        else:
            guards = isinstance(node, ast.Try | ast.With | ast.AsyncWith)
            parts: list[ast.AST] = [*getattr(node, "handlers", []), *getattr(node, "cases", []), node]
            blocks = [getattr(part, name, []) for part in parts for name in ("body", "orelse", "finalbody")]
            found = any(continues_from_a_try(block, inside=inside or guards) for block in blocks)
        if found:
            return True
    return False


def catches_all(pattern: ast.pattern) -> bool:
    """Tell whether a pattern matches everything."""
    if isinstance(pattern, ast.MatchAs):
        return pattern.pattern is None or catches_all(pattern.pattern)
    return isinstance(pattern, ast.MatchOr) and any(catches_all(part) for part in pattern.patterns)


def all_own(node: ast.AST) -> list[ast.AST]:
    """Return all parts of a statement that lie in the same function."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
        return [node]
    found: list[ast.AST] = [node]
    for child in ast.iter_child_nodes(node):
        found.extend(all_own(child))
    return found


def own_statements(node: ast.stmt) -> list[ast.stmt]:
    """Return a statement and those inside it that lie in the same function."""
    return [part for part in all_own(node) if isinstance(part, ast.stmt)]
