"""What of a program some inputs reach: every statement, and every outcome of every decision.

Marks are woven into the syntax tree, so that a decision within a line counts, too: a conditional expression,
the condition of a comprehension. A `for` loop has two outcomes: it enters its body, and it runs out.
"""

import ast
import contextlib
import io
from collections.abc import Iterable, Iterator

from tracer import parse_arguments

Mark = tuple[str, int, int, object]


def missed(code: str, entry_point: str, inputs: Iterable[str]) -> set[Mark]:
    """Return what no input reached, as (kind, line, column, outcome)."""
    tree = ast.parse(code)
    weaver = _Weaver()
    woven = ast.fix_missing_locations(weaver.visit(tree))
    seen: set[Mark] = set()

    def seen_statement(line: int, column: int) -> None:
        seen.add(("statement", line, column, None))

    def decided(line: int, column: int, value: object) -> object:
        seen.add(("decision", line, column, bool(value)))
        return value

    def looped(line: int, column: int, items: Iterable[object]) -> Iterator[object]:
        for item in items:
            seen.add(("loop", line, column, "entered"))
            yield item
        seen.add(("loop", line, column, "ran out"))

    marks = {"_seen": seen_statement, "_decided": decided, "_looped": looped}
    for text in inputs:
        scope = {"__name__": "program", **marks}
        exec(compile(woven, "<woven>", "exec"), scope)
        given = parse_arguments(text)
        with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
            scope[entry_point](*given.positional, **given.keyword)
    return weaver.expected - seen


class _Weaver(ast.NodeTransformer):
    def __init__(self) -> None:
        self.expected: set[Mark] = set()

    def _call(self, name: str, node: ast.AST, *arguments: ast.expr) -> ast.Call:
        place = [ast.Constant(node.lineno), ast.Constant(node.col_offset)]
        return ast.Call(ast.Name(name, ast.Load()), [*place, *arguments], [])

    def _decision(self, test: ast.expr) -> ast.expr:
        if isinstance(test, ast.Constant):
            return test
        self.expected |= {("decision", test.lineno, test.col_offset, way) for way in (True, False)}
        return self._call("_decided", test, test)

    def visit(self, node: ast.AST) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node, ast.If | ast.While | ast.IfExp):
            node.test = self._decision(node.test)
        elif isinstance(node, ast.comprehension):
            node.ifs = [self._decision(test) for test in node.ifs]
        elif isinstance(node, ast.For):
            self.expected |= {("loop", node.lineno, node.col_offset, way) for way in ("entered", "ran out")}
            node.iter = self._call("_looped", node, node.iter)
        for name in ("body", "orelse", "finalbody"):
            statements = getattr(node, name, None)
            if isinstance(statements, list):
                setattr(node, name, [part for one in statements for part in self._marked(one)])
        return node

    def _marked(self, statement: ast.stmt) -> list[ast.stmt]:
        self.expected.add(("statement", statement.lineno, statement.col_offset, None))
        return [ast.Expr(self._call("_seen", statement)), statement]
