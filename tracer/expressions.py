"""Rewrites the expressions of one statement after another; see `tracer.instrument`."""

import ast
from collections.abc import Callable

from tracer.sites import Expression, Junction, Statement
from tracer.source_text import source_lines

_FIELDS: dict[type[ast.expr], tuple[str, ...]] = {
    **dict.fromkeys((ast.Tuple, ast.List, ast.Set), ("elts",)),
    **dict.fromkeys((ast.ListComp, ast.SetComp), ("elt",)),
    **dict.fromkeys(
        (ast.Attribute, ast.Await, ast.NamedExpr, ast.Starred, ast.Yield, ast.YieldFrom), ("value",)
    ),
    ast.BinOp: ("left", "right"),
    ast.DictComp: ("key", "value"),
    ast.UnaryOp: ("operand",),
}
"""Kinds of expression whose parts are evaluated one after the other, each for its value."""


def call(placeholder: bytes, where: ast.expr, *arguments: int | ast.expr) -> ast.Call:
    """Return a call of a hook, placed at `where`."""
    nodes = [argument if isinstance(argument, ast.expr) else ast.Constant(argument) for argument in arguments]
    node = ast.Call(func=ast.Constant(placeholder), args=nodes, keywords=[])
    for new in (node, node.func, *nodes):
        if not hasattr(new, "lineno"):
            ast.copy_location(new, where)
    return node


def statement_call(placeholder: bytes, where: ast.AST, *arguments: int) -> ast.stmt:
    """Return a statement that calls a hook, placed on the first line of `where`."""
    node = ast.Expr(ast.Call(ast.Constant(placeholder), [ast.Constant(number) for number in arguments], []))
    for new in ast.walk(node):
        if isinstance(new, ast.stmt | ast.expr):
            ast.copy_location(new, where)
            new.end_lineno, new.end_col_offset = new.lineno, new.col_offset
    return node


class Expressions:
    """Numbers expressions and puts hooks around them.

    Two kinds of place differ. Where the *value* of an expression goes on, a hook must hand on that very
    object and may not ask for its truth: `__bool__` is the program's code, and Python did not call it
    there. In a *condition*, Python asks each operand for its truth once and does nothing else with it;
    there the hook asks, once, in Python's place.
    """

    def __init__(
        self, source: str, placeholders: dict[str, bytes], rewrite_lambda: Callable[[ast.Lambda], None]
    ) -> None:
        self.statements: list[Statement] = []
        self.table: list[Expression] = []
        self.junctions: dict[int, Junction] = {}
        self.roots: dict[int, int] = {}
        self.chains: dict[int, int] = {}
        self.tests: dict[int, int] = {}
        self.function = ""
        self.statement = 0
        self._lines = [line.encode() for line in source_lines(source)]
        self._placeholders = placeholders
        self._rewrite_lambda = rewrite_lambda
        self._f_string: ast.expr | None = None

    def value(self, node: ast.expr) -> ast.expr:
        """Rewrite an expression whose value goes on."""
        if isinstance(node, ast.BoolOp):
            tree = self._junction(node, "operand", None)
            return self._call("junction", node, tree.node, node)
        if not _reported(node):
            return self._inside(node)
        number = self._number(node)
        return self._call("value", node, number, self._inside(node, number))

    def condition(self, node: ast.expr) -> ast.expr:
        """Rewrite an expression that is asked for its truth and nothing else."""
        if isinstance(node, ast.Constant):
            return node
        if isinstance(node, ast.BoolOp):
            tree = self._junction(node, "tested", None)
            return self._call("condition", node, tree.node, node)
        number = self._number(node, operands=0)
        return self._call("condition", node, number, self._judged(node, number))

    def test(self, node: ast.expr) -> ast.expr:
        """Rewrite the condition of the current statement."""
        if not isinstance(node, ast.Constant):
            self.tests[self.statement] = len(self.table)
        return self.condition(node)

    def target(self, node: ast.expr) -> ast.expr:
        """Rewrite what is evaluated to find where to store or delete."""
        match node:
            case ast.Tuple() | ast.List():
                for element in node.elts:
                    self.target(element)
            case ast.Starred():
                self.target(node.value)
            case ast.Attribute():
                node.value = self.value(node.value)
            case ast.Subscript():
                node.value = self.value(node.value)
                node.slice = self._slice(node.slice)
        return node

    def defaults(self, arguments: ast.arguments) -> None:
        """Rewrite the default values of parameters."""
        arguments.defaults = [self.value(default) for default in arguments.defaults]
        arguments.kw_defaults = [default and self.value(default) for default in arguments.kw_defaults]

    def keywords(self, words: list[ast.keyword]) -> None:
        """Rewrite the values of keyword arguments."""
        for word in words:
            word.value = self.value(word.value)

    def _call(self, hook: str, where: ast.expr, *arguments: int | ast.expr) -> ast.Call:
        return call(self._placeholders[hook], where, *arguments)

    def _number(self, node: ast.expr, operands: int | None = None) -> int:
        """Enter an expression in the table; must come before anything inside it is rewritten."""
        if isinstance(node, ast.Compare) and len(node.ops) > 1:
            operands = len(node.ops)
            self.chains[len(self.table)] = operands
        place = self._f_string or node
        end_line, end_column = place.end_lineno or place.lineno, place.end_col_offset or place.col_offset
        start, end = self._position(place.lineno, place.col_offset), self._position(end_line, end_column)
        one_line = self._f_string is None and place.lineno == end_line
        text = (
            self._lines[end_line - 1][place.col_offset : end_column].decode()
            if one_line
            else ast.unparse(node).replace("\n", " ")
        )
        self.table.append(Expression(text, start, end, self.statement, operands))
        return len(self.table) - 1

    def _position(self, line: int, column: int) -> tuple[int, int]:
        return line, len(self._lines[line - 1][:column].decode())

    def _junction(self, node: ast.BoolOp, hook: str, root: int | None) -> Junction:
        number = self._number(node, operands=len(node.values))
        root = number if root is None else root
        operands: list[Junction | int] = []
        for index, operand in enumerate(node.values):
            if isinstance(operand, ast.BoolOp):
                operands.append(self._junction(operand, hook, root))
                continue
            leaf = self._number(operand)
            self.roots[leaf] = root
            operands.append(leaf)
            inside = self._judged(operand, leaf) if hook == "tested" else self._inside(operand, leaf)
            node.values[index] = self._call(hook, operand, leaf, inside)
        tree = Junction(number, isinstance(node.op, ast.And), tuple(operands))
        if root == number:
            self.junctions[number] = tree
        return tree

    def _judged(self, node: ast.expr, number: int) -> ast.expr:
        """Rewrite the inside of an expression that is asked for its truth."""
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            node.operand = self.condition(node.operand)
            return node
        if isinstance(node, ast.IfExp):
            node.body, node.test = self.condition(node.body), self.condition(node.test)
            node.orelse = self.condition(node.orelse)
            return node
        return self._inside(node, number)

    def _inside(self, node: ast.expr, number: int = -1) -> ast.expr:
        """Rewrite what is inside an expression in reading order; `number` is its own."""
        match node:
            case ast.Lambda():
                self.defaults(node.args)
                self._rewrite_lambda(node)
            case ast.GeneratorExp():
                node.elt = self.value(node.elt)
                self._generators(node.generators)
                return self._call("generator", node, node)
            case ast.ListComp() | ast.SetComp() | ast.DictComp():
                self._fields(node, *_FIELDS[type(node)])
                self._generators(node.generators)
            case ast.Compare():
                self._compare(node, number)
            case ast.IfExp():
                node.body = self.value(node.body)
                node.test = self.condition(node.test)
                node.orelse = self.value(node.orelse)
            case ast.Dict():
                for index, key in enumerate(node.keys):
                    node.keys[index] = key and self.value(key)
                    node.values[index] = self.value(node.values[index])
            case ast.Call():
                self._called(node)
            case ast.Subscript():
                node.value, node.slice = self.value(node.value), self._slice(node.slice)
            case ast.JoinedStr():
                self._formatted(node)
            case _:
                self._fields(node, *_FIELDS.get(type(node), ()))
        return node

    def _fields(self, node: ast.expr, *names: str) -> None:
        """Rewrite what is in some fields, in each an expression, a list of them, or nothing."""
        for name in names:
            match getattr(node, name):
                case list() as parts:
                    setattr(node, name, [part and self.value(part) for part in parts])
                case ast.expr() as part:
                    setattr(node, name, self.value(part))

    def _generators(self, generators: list[ast.comprehension]) -> None:
        for generator in generators:
            generator.iter = self.value(generator.iter)
            generator.ifs = [self.condition(test) for test in generator.ifs]

    def _compare(self, node: ast.Compare, chain: int) -> None:
        node.left, node.comparators[0] = self.value(node.left), self.value(node.comparators[0])
        for part, operand in enumerate(node.comparators[1:], start=2):
            number = self._number(operand)
            inside = self._inside(operand, number)
            node.comparators[part - 1] = self._call("reached", operand, number, chain, part, inside)

    def _called(self, node: ast.Call) -> None:
        match node.func:
            case ast.Name():
                pass
            case ast.Attribute() as method:
                method.value = self.value(method.value)
            case other:
                node.func = self.value(other)
        node.args = [self.value(argument) for argument in node.args]
        self.keywords(node.keywords)

    def _slice(self, node: ast.expr) -> ast.expr:
        match node:
            case ast.Slice():
                node.lower = node.lower and self.value(node.lower)
                node.upper = node.upper and self.value(node.upper)
                node.step = node.step and self.value(node.step)
                return node
            case ast.Tuple() if any(isinstance(element, ast.Slice) for element in node.elts):
                node.elts = [self._slice(element) for element in node.elts]
                return node
        return self.value(node)

    def _formatted(self, node: ast.JoinedStr) -> None:
        outer, self._f_string = self._f_string, self._f_string or node
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                part.value = self.value(part.value)
                if isinstance(part.format_spec, ast.JoinedStr):
                    self._formatted(part.format_spec)
        self._f_string = outer


def _reported(node: ast.expr) -> bool:
    """Tell whether the value of an expression is worth a report: what the text itself shows is not."""
    match node:
        case ast.Constant() | ast.Lambda() | ast.GeneratorExp() | ast.Starred() | ast.Slice():
            return False
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=ast.Constant()):
            return False
        case ast.Tuple() | ast.List() | ast.Set():
            return any(_reported(element) or isinstance(element, ast.Starred) for element in node.elts)
    return type(node) in _KNOWN


_KNOWN = {
    *(ast.Attribute, ast.Await, ast.BinOp, ast.BoolOp, ast.Call, ast.Compare, ast.Dict, ast.DictComp),
    *(ast.IfExp, ast.JoinedStr, ast.List, ast.ListComp, ast.Name, ast.NamedExpr, ast.Set, ast.SetComp),
    *(ast.Subscript, ast.Tuple, ast.UnaryOp, ast.Yield, ast.YieldFrom),
}
