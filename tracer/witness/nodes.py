"""What the rewritings of the second observer share in handling syntax trees."""

import ast
from typing import TypeVar

_Node = TypeVar("_Node", bound=ast.AST)

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
# What a lambda may not hold that becomes the body of another one.
_LOOKS_AT_ITS_FRAME = frozenset({"super", "__class__", "locals", "vars", "dir", "eval", "exec"})


def own_nodes(body: list[ast.stmt]) -> list[ast.AST]:
    """Return the nodes of a function's own scope."""
    found: list[ast.AST] = []
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        found.append(node)
        if not isinstance(node, SCOPES):
            waiting += ast.iter_child_nodes(node)
    return found


def parameters_of(arguments: ast.arguments) -> tuple[str, ...]:
    """Return the names of all parameters, in order."""
    several = [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
    return tuple(
        one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *several)
    )


def first_line(node: ast.AST) -> int:
    """Return the line on which a node begins, decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    line: int = node.lineno  # type: ignore[attr-defined]
    return min([line, *(one.lineno for one in decorators)])


def at(where: ast.AST, node: _Node) -> _Node:
    """Place new nodes on the first line of `where`."""
    for new in ast.walk(node):
        if "lineno" in new._attributes and not hasattr(new, "lineno"):
            new.lineno = new.end_lineno = first_line(where)  # type: ignore[attr-defined]
            new.col_offset = new.end_col_offset = 0  # type: ignore[attr-defined]
    return node


def made_inside(node: FunctionNode, body: list[ast.stmt], hidden: str) -> tuple[ast.stmt, ast.expr]:
    """Return a function to be defined inside a generator or coroutine, and the call that makes it.

    It has the same parameters and one `hidden` variable more, so that the function around it, a plain one,
    sees its call when it is made.
    """
    names = (*parameters_of(node.args), hidden)
    plain = ast.arguments([], [ast.arg(name) for name in names], None, [], [], None, [])
    kind = type(node)
    inner = kind(".body", plain, body, [])
    if "type_params" in kind._fields:
        setattr(inner, "type_params", [])  # noqa: B010
    return inner, ast.Call(ast.Name(".body", ast.Load()), [ast.Name(name, ast.Load()) for name in names], [])


def with_body(node: FunctionNode, body: list[ast.stmt]) -> ast.stmt:
    """Return a plain function in the place of a generator or coroutine, with another body."""
    fields = {name: getattr(node, name) for name in ast.FunctionDef._fields if hasattr(node, name)}
    return ast.copy_location(ast.FunctionDef(**{**fields, "body": body}), node)


def has_asynchronous_parts(node: ast.AST) -> bool:
    """Tell whether a node is a comprehension that may be suspended."""
    return isinstance(node, COMPREHENSIONS) and any(
        isinstance(one, ast.Await) or (isinstance(one, ast.comprehension) and one.is_async)
        for one in ast.walk(node)
    )


def vague_lambda(node: ast.Lambda, in_iterable: bool) -> str | None:
    """Return why what happens in a lambda cannot be told, None if it can."""
    inside = list(ast.walk(node.body))
    if any(isinstance(one, ast.Yield | ast.YieldFrom | ast.Await) for one in inside):
        return "it is a lambda that makes a generator"
    if in_iterable and any(isinstance(one, ast.Name) and one.id in _LOOKS_AT_ITS_FRAME for one in inside):
        return "it is a lambda in the iterable of a comprehension, and looks at its frame"
    if any(map(has_asynchronous_parts, inside)):
        return "it has asynchronous comprehensions"
    return None
