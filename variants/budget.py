"""A program that counts its steps and gives up when there are too many: the same on every machine."""

import ast

EXCEEDED = "BudgetExceeded"
"""Name of the exception that a call ends with when it has used up its steps."""

STEPS = 5_000
"""Rounds of loops and calls of functions that one call of the program may take."""

_ENTRY = "_call_within_budget"
_PRELUDE = f"""
class {EXCEEDED}(BaseException):
    pass


_steps_taken = 0


def _take_step():
    global _steps_taken
    _steps_taken += 1
    if _steps_taken > {STEPS}:
        raise {EXCEEDED}


def {_ENTRY}(*arguments, **named):
    global _steps_taken
    _steps_taken = 0
    return {{entry_point}}(*arguments, **named)
"""


def with_budget(code: str, entry_point: str) -> tuple[str, str]:
    """Return a program that does the same within its budget, and the function to call.

    Every round of a loop, every call of a function and every element of a comprehension is a step.
    """
    tree = _Counting().visit(ast.parse(code))
    return ast.unparse(ast.fix_missing_locations(tree)) + _PRELUDE.replace(
        "{entry_point}", entry_point
    ), _ENTRY


class _Counting(ast.NodeTransformer):
    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.body = _counted(node.body)
        return node

    def visit_For(self, node: ast.For) -> ast.AST:
        self.generic_visit(node)
        node.body = _counted(node.body)
        return node

    def visit_While(self, node: ast.While) -> ast.AST:
        self.generic_visit(node)
        node.body = _counted(node.body)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        self.generic_visit(node)
        node.ifs.insert(0, ast.parse("not _take_step()", mode="eval").body)
        return node


def _counted(body: list[ast.stmt]) -> list[ast.stmt]:
    place = 1 if ast.get_docstring(ast.Module(body, [])) is not None else 0  # a docstring stays first
    return [*body[:place], *ast.parse("_take_step()").body, *body[place:]]
