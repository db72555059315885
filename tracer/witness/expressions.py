"""Puts hooks around expressions, so that nothing but what the hooks do is added to a run.

A hook hands on the very object that it is given, and asks it nothing. Conditions keep their shape: each
`and`, `or`, `not` and ternary in them stays where Python's jumps find it, only their leaves have hooks. So
Python asks each operand for its truth exactly when it does so in the program as it is written, and the
outcome of a condition is seen from what is executed next.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tracer.witness.expression_table import Order, Part, Table, Written, is_told

REPORT = ".report"
"""The hidden variable that holds the report of a call."""

HANDED_ON, TESTED, BOTH = range(3)
"""What becomes of a chained comparison's value: it goes on, is only asked for its truth, or both."""


@dataclass(slots=True)
class Place:
    """Where the rewriting is.

    Attributes:
        site, function: what expressions belong to, by number.
        line: of the statement.
        report: the variable through which hooks are called.
        in_iterable: inside the iterable of a comprehension, where nothing may be assigned.
    """

    site: int = -1
    function: int = -1
    line: int = 1
    report: str = REPORT
    in_iterable: bool = False


class Expressions:
    """Rewrites expressions, and enters them in the table.

    Attributes:
        place: where the expressions are that come next.
    """

    def __init__(
        self,
        table: Table,
        order: dict[int, Order],
        originals: dict[int, ast.expr],
        on_lambda: Callable[[ast.Lambda], None],
    ) -> None:
        self.place = Place()
        self._table = table
        self._order = order
        self._originals = originals
        self._on_lambda = on_lambda

    # Entrances

    def value(self, node: ast.expr) -> ast.expr:
        """Rewrite an expression whose value goes on."""
        return self._value(node)[0]

    def values(self, nodes: list[ast.expr]) -> list[ast.expr]:
        """Rewrite several of them."""
        return [self.value(node) for node in nodes]

    def condition(self, node: ast.expr) -> tuple[ast.expr, int | None]:
        """Rewrite what is only asked for its truth; return its number, too, None for a constant."""
        if isinstance(node, ast.Constant):
            return node, None
        new, part = self._tested(node, is_operand=False)
        self._table.roots[part.number] = part
        return new, part.number

    def target(self, node: ast.expr) -> None:
        """Rewrite what is evaluated to find where to store or delete."""
        match node:
            case ast.Tuple() | ast.List():
                for one in node.elts:
                    self.target(one)
            case ast.Starred():
                self.target(node.value)
            case ast.Attribute():
                node.value = self.value(node.value)
            case ast.Subscript():
                node.value, node.slice = self.value(node.value), self._index(node.slice)

    def arm(self, node: ast.expr, condition: int | None, outcome: bool) -> ast.expr:
        """Rewrite what is evaluated only where a condition has an outcome."""
        new, number = self._value(node)
        if condition is None:
            return new
        if number is None:
            number = self._enter(node, listed=False)
            new = self.hook("value", node, ast.Constant(number), new)
        self._table.arms[number] = condition, outcome
        return new

    def defaults(self, arguments: ast.arguments) -> None:
        """Rewrite the default values of parameters."""
        arguments.defaults = self.values(arguments.defaults)
        arguments.kw_defaults = [one and self.value(one) for one in arguments.kw_defaults]

    def hook(self, name: str, where: ast.AST, *arguments: ast.expr) -> ast.expr:
        """Return the call of a hook."""
        function = ast.Attribute(ast.Name(self.place.report, ast.Load()), name, ast.Load())
        return ast.copy_location(ast.Call(function, list(arguments), []), where)

    def took(self, condition: int, outcome: bool, where: ast.AST) -> ast.expr:
        """Return what reports that a condition had an outcome; it is true itself."""
        return self.hook("took", where, ast.Constant(-1 - 2 * condition - outcome))

    # Parts of conditions

    def _value(self, node: ast.expr) -> tuple[ast.expr, int | None]:
        """Rewrite an expression; return the number under which its value is reported, too, if it is."""
        if isinstance(node, ast.BoolOp):
            new, part = self._junction(node)
            self._table.roots[part.number] = part
            self._table.valued.add(part.number)
            return self.hook("value", node, ast.Constant(part.number), new), part.number
        if not is_told(node):
            return self._inside(node, -1), None
        number = self._enter(node, operands=None)
        if _is_chain(node):
            self._table.roots[number] = Part("leaf", number)
            self._table.valued.add(number)
            return self._leaf(node, number, HANDED_ON), number
        return self.hook("value", node, ast.Constant(number), self._inside(node, number)), number

    def _junction(self, node: ast.BoolOp) -> tuple[ast.expr, Part]:
        """Rewrite the operands of an `and` or `or` whose value goes on."""
        number = self._enter(node, operands=len(node.values))
        parts = []
        for index, operand in enumerate(node.values):
            if isinstance(operand, ast.BoolOp):
                node.values[index], part = self._junction(operand)
            else:
                part = Part("leaf", self._enter(operand, operands=None))
                node.values[index] = self._leaf(operand, part.number, BOTH)
            parts.append(part)
        return node, Part(_name(node), number, tuple(parts))

    def _tested(self, node: ast.expr, *, is_operand: bool) -> tuple[ast.expr, Part]:
        """Rewrite a condition or a part of one; an operand of `and` and `or` is no condition by itself."""
        listed = is_operand or not isinstance(node, ast.Constant)
        operands = len(node.values) if isinstance(node, ast.BoolOp) else None if is_operand else 0
        number = self._enter(node, operands=operands, listed=listed)
        match node:
            case ast.BoolOp():
                found = [self._tested(operand, is_operand=True) for operand in node.values]
                node.values = [new for new, _ in found]
                return node, Part(_name(node), number, tuple(part for _, part in found))
            case ast.UnaryOp(op=ast.Not()):
                node.operand, part = self._tested(node.operand, is_operand=False)
                return node, Part("not", number, (part,))
            case ast.IfExp():
                node.test, test = self._tested(node.test, is_operand=False)
                node.body, body = self._tested(node.body, is_operand=False)
                node.orelse, orelse = self._tested(node.orelse, is_operand=False)
                return node, Part("if", number, (test, body, orelse))
        return self._leaf(node, number, TESTED), Part("leaf", number)

    def _leaf(self, node: ast.expr, number: int, becomes: int) -> ast.expr:
        inside = self._inside(node, number)
        if _is_chain(node):
            return self.hook("chain", node, ast.Constant(number), inside, ast.Constant(becomes))
        return self.hook("leaf", node, ast.Constant(number), inside)

    def _enter(self, node: ast.expr, operands: int | None = None, *, listed: bool = True) -> int:
        if isinstance(node, ast.Compare) and len(node.ops) > 1:
            operands = len(node.ops)
        key = id(node)
        original = self._originals.get(key, node)
        self._table.expressions.append(Written(original, self.place.site, self._order[key], operands, listed))
        return len(self._table.expressions) - 1

    # What is inside

    def _inside(self, node: ast.expr, number: int) -> ast.expr:  # noqa: PLR0912
        """Rewrite what is inside an expression, which has a number if it is a chained comparison."""
        match node:
            case ast.Constant() | ast.Name():
                pass
            case ast.Lambda():
                self.defaults(node.args)
                self._on_lambda(node)
            case ast.GeneratorExp():
                self._generator(node)
            case ast.ListComp() | ast.SetComp() | ast.DictComp():
                self._table.filters[number] = tuple(self._clauses(node.generators))
                self._element(node)
            case ast.Compare():
                node.left = self.value(node.left)
                if _is_chain(node):
                    self._chain(node, number)
                else:
                    node.comparators = self.values(node.comparators)
            case ast.IfExp():
                node.test, condition = self.condition(node.test)
                node.body = self.arm(node.body, condition, True)
                node.orelse = self.arm(node.orelse, condition, False)
            case ast.Call():
                self._call(node)
            case ast.Subscript():
                node.value, node.slice = self.value(node.value), self._index(node.slice)
            case ast.JoinedStr():
                self._formatted(node)
            case _:
                for name in ("left", "right", "operand", "value", "elts", "keys", "values"):
                    part = getattr(node, name, None)
                    if isinstance(part, ast.expr):
                        setattr(node, name, self.value(part))
                    elif isinstance(part, list):
                        setattr(node, name, [one and self.value(one) for one in part])
        return node

    def _chain(self, node: ast.Compare, number: int) -> None:
        later = []
        for index, operand in enumerate(node.comparators):
            own = self._enter(operand, listed=index > 0 and not is_told(operand))
            inside = self.value(operand)
            later.append(own)
            where = (ast.Constant(number) for number in (own, number, index + 1))
            node.comparators[index] = self.hook("part", operand, *where, inside)
        self._table.chains[number] = tuple(later[1:])

    def _call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Attribute):
            node.func.value = self.value(node.func.value)
        elif not isinstance(node.func, ast.Name):
            node.func = self.value(node.func)
        node.args = self.values(node.args)
        for word in node.keywords:
            word.value = self.value(word.value)

    def _index(self, node: ast.expr) -> ast.expr:
        if isinstance(node, ast.Slice):
            for name in ("lower", "upper", "step"):
                if isinstance(part := getattr(node, name), ast.expr):
                    setattr(node, name, self.value(part))
            return node
        if isinstance(node, ast.Tuple) and any(isinstance(one, ast.Slice) for one in node.elts):
            node.elts = [self._index(one) for one in node.elts]
            return node
        return self.value(node)

    def _formatted(self, node: ast.JoinedStr) -> None:
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                part.value = self.value(part.value)
                if isinstance(part.format_spec, ast.JoinedStr):
                    self._formatted(part.format_spec)

    # Comprehensions

    def _element(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        if isinstance(node, ast.DictComp):
            node.key, node.value = self.value(node.key), self.value(node.value)
        else:
            node.elt = self.value(node.elt)

    def _clauses(self, clauses: list[ast.comprehension], *, begun: bool = False) -> Iterator[int]:
        """Rewrite clauses, yield their conditions; if `begun`, the iterable of the first is done."""
        for index, clause in enumerate(clauses):
            if index or not begun:
                clause.iter = self._iterable(clause.iter)
            tests: list[ast.expr] = []
            for test in clause.ifs:
                new, condition = self.condition(test)
                tests.append(new)
                if condition is not None:
                    tests.append(self.took(condition, True, test))
                    yield condition
            clause.ifs = tests

    def _iterable(self, node: ast.expr) -> ast.expr:
        outer, self.place.in_iterable = self.place.in_iterable, True
        new = self.value(node)
        self.place.in_iterable = outer
        return new

    def _generator(self, node: ast.GeneratorExp) -> None:
        """Rewrite a generator expression, which reports through a variable of its own.

        That one knows the execution in which it was made, and comes to it with each of its items.
        """
        first = node.generators[0]
        first.iter = self._iterable(first.iter)
        outer = self.place.report
        if not first.is_async:
            first.iter = self.hook("strand", first.iter, first.iter)
            self.place.report = f"{REPORT}{len(self._table.expressions)}"
            hidden = ast.Name(self.place.report, ast.Store())
            first.target = ast.copy_location(ast.Tuple([hidden, first.target], ast.Store()), first.target)
        self._table.filters[-1 - len(self._table.expressions)] = tuple(
            self._clauses(node.generators, begun=True)
        )
        self._element(node)
        self.place.report = outer


def _name(node: ast.BoolOp) -> str:
    return "and" if isinstance(node.op, ast.And) else "or"


def _is_chain(node: ast.expr) -> bool:
    return isinstance(node, ast.Compare) and len(node.ops) > 1
