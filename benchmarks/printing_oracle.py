"""Another way to learn what an expression is worth: print it, in a copy of the program, one line before.

It shares nothing with the instrumented run but Python itself. It can speak of an expression only if
evaluating it twice, and early, changes nothing; `probes` picks such places.
"""

import ast
import io
from collections.abc import Iterator
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass, replace
from typing import Literal

import tracer

_FUNCTIONS = {
    *(
        "len",
        "abs",
        "str",
        "int",
        "float",
        "bool",
        "ord",
        "chr",
        "sum",
        "min",
        "max",
        "sorted",
        "list",
        "set",
    ),
    *(
        "tuple",
        "dict",
        "any",
        "all",
        "range",
        "zip",
        "enumerate",
        "reversed",
        "round",
        "divmod",
        "bin",
        "pow",
    ),
}
_METHODS = {
    *("upper", "lower", "strip", "lstrip", "rstrip", "split", "rsplit", "isdigit", "isalpha", "isupper"),
    *(
        "islower",
        "isalnum",
        "isspace",
        "count",
        "index",
        "find",
        "rfind",
        "startswith",
        "endswith",
        "replace",
    ),
    *("join", "get", "items", "keys", "values", "title", "capitalize", "swapcase", "zfill", "partition"),
    *("rpartition", "splitlines", "center", "ljust", "rjust", "isnumeric", "isdecimal", "casefold", "copy"),
}
_ITERATORS = {"iter", "map", "filter", "zip", "enumerate", "reversed"}
_PRINT = "__shown__"

Kind = Literal["value", "operands", "filter", "element"]


@dataclass(frozen=True, slots=True)
class Probe:
    """A place to print: `text` is printed before the statement on `line`, about the expression there."""

    kind: Kind
    line: int
    start: tuple[int, int]
    end: tuple[int, int]
    text: str


def probes(source: str) -> list[Probe]:
    """Return the places of a program where printing an expression early and twice changes nothing."""
    tree = ast.parse(source)
    if not _suited(tree):
        return []
    lines = source.split("\n")
    found = []
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.stmt) and not lines[node.lineno - 1][: node.col_offset].strip():
                    found.extend(_of_statement(node, source))
    return list(dict.fromkeys(found))


def printed(source: str, probe: Probe, entry_point: str, text: str) -> list[str]:
    """Run the program with the print in it; return the literals of what it printed.

    What is printed is handed over as a value: the text of a complex number does not tell the sign of a zero.
    """
    lines = source.split("\n")
    indent = lines[probe.line - 1][: len(lines[probe.line - 1]) - len(lines[probe.line - 1].lstrip())]
    lines.insert(probe.line - 1, f"{indent}{_PRINT}({probe.text})")
    shown: list[str] = []
    namespace: dict[str, object] = {
        "__name__": "program",
        _PRINT: lambda value: shown.append(tracer.literal(value)),
    }
    arguments = tracer.parse_arguments(text)
    with redirect_stdout(io.StringIO()), suppress(Exception):
        exec(compile("\n".join(lines), "<oracle>", "exec"), namespace)
        namespace[entry_point](*arguments.positional, **arguments.keyword)  # type: ignore[operator]
    return shown


def _suited(tree: ast.Module) -> bool:
    """Tell whether names mean what they seem to mean and no variable holds an iterator."""
    taken = _FUNCTIONS | {"print", "repr", "defaultdict"}
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef() | ast.Yield() | ast.YieldFrom() | ast.NamedExpr() | ast.Await():
                return False
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name) | ast.alias(name=name):
                if name in taken:
                    return False
            case ast.Assign(value=ast.GeneratorExp()):
                return False
            case ast.Assign(value=ast.Call(func=ast.Name(id=name))) if name in _ITERATORS:
                return False
    return True


def _of_statement(node: ast.stmt, source: str) -> Iterator[Probe]:
    match node:
        case ast.Assign(value=header) | ast.AugAssign(value=header) | ast.Expr(value=header):
            pass
        case ast.Return(value=ast.expr() as header) | ast.For(iter=header):
            pass
        case ast.If(test=header) if source.split("\n")[node.lineno - 1].strip().startswith("if"):
            pass
        case _:
            return
    calls = (call for call in ast.walk(header) if isinstance(call, ast.Call))
    impure = {call for call in calls if not _called_purely(call)}
    yield from _inside(header, node.lineno, impure, (), source)


def _inside(
    node: ast.expr, line: int, impure: set[ast.Call], before: tuple[ast.expr, ...], source: str
) -> Iterator[Probe]:
    """Walk what is evaluated in any case.

    `impure` are the calls that may have changed something before; one that `node` is an argument of comes
    after it. `before` is evaluated earlier, and where it raises, `node` is not evaluated at all.
    """
    impure = {call for call in impure if call is not node}
    if not impure and _pure(node):
        for probe in _at(node, line, source):
            yield replace(probe, text=f"[{', '.join([*map(ast.unparse, before), probe.text])}][-1]")
    for part in _evaluated(node):
        if not isinstance(part, ast.Starred):
            yield from _inside(part, line, impure, before, source)
            if _pure(part):
                before = (*before, part)


def _evaluated(node: ast.expr) -> list[ast.expr]:
    """Return the parts of an expression that are evaluated whenever it is, in its own scope."""
    match node:
        case ast.Compare():
            return [node.left, node.comparators[0]]
        case ast.BoolOp():
            return [node.values[0]]
        case ast.IfExp():
            return [node.test]
        case ast.Subscript():
            return [node.value] if isinstance(node.slice, ast.Slice) else [node.value, node.slice]
        case ast.Call():
            return _arguments(node)
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
            return [node.generators[0].iter]
        case ast.BinOp() | ast.UnaryOp() | ast.Attribute() | ast.Tuple() | ast.List() | ast.Set():
            return [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
    return []


def _at(node: ast.expr, line: int, source: str) -> Iterator[Probe]:
    def text(part: ast.expr) -> str:
        return f"({ast.unparse(part)})"

    def probe(kind: Kind, about: ast.expr, shown: str) -> Probe:
        end_line, end_column = about.end_lineno or 0, about.end_col_offset or 0
        start = about.lineno, _characters(source, about.lineno, about.col_offset)
        return Probe(kind, line, start, (end_line, _characters(source, end_line, end_column)), shown)

    if _worth_a_print(node):
        yield probe("value", node, text(node))
    match node:
        case ast.BoolOp():
            joint = " and " if isinstance(node.op, ast.And) else " or "
            shown = []
            for index, operand in enumerate(node.values):
                before = joint.join(map(text, node.values[:index]))
                goes_on = before if isinstance(node.op, ast.And) else f"not ({before})"
                outcome = f"bool({text(operand)})"
                shown.append(f"({outcome} if {goes_on} else None)" if index else outcome)
            yield probe("operands", node, f"(bool({text(node)}), {', '.join(shown)})")
        case ast.Compare() if len(node.ops) > 1:
            terms = [text(term) for term in (node.left, *node.comparators)]
            signs = [_sign(node, index) for index in range(len(node.ops))]
            parts = [
                f"({left} {sign} {right})" for left, sign, right in zip(terms, signs, terms[1:], strict=False)
            ]
            shown = [
                f"({part} if {' and '.join(parts[:index])} else None)" if index else part
                for index, part in enumerate(parts)
            ]
            yield probe("operands", node, f"({text(node)}, {', '.join(shown)})")
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() if len(node.generators) == 1:
            [loop] = node.generators
            head = f"for {ast.unparse(loop.target)} in {text(loop.iter)}"
            for index, test in enumerate(loop.ifs):
                before = "".join(f" if {text(earlier)}" for earlier in loop.ifs[:index])
                yield probe("filter", test, f"[bool({text(test)}) {head}{before}]")
            if _worth_a_print(node.elt):
                ifs = "".join(f" if {text(test)}" for test in loop.ifs)
                yield probe("element", node.elt, f"[{text(node.elt)} {head}{ifs}]")


def _worth_a_print(node: ast.expr) -> bool:
    """Tell whether a value is neither written out in the source nor without a text of its own."""
    written = all(
        isinstance(
            part, ast.Constant | ast.Tuple | ast.List | ast.Set | ast.UnaryOp | ast.expr_context | ast.unaryop
        )
        for part in ast.walk(node)
    )
    return not written and not isinstance(node, ast.GeneratorExp | ast.JoinedStr)


def _sign(node: ast.Compare, index: int) -> str:
    pair = ast.Compare(ast.Name("x"), [node.ops[index]], [ast.Name("y")])
    return ast.unparse(pair)[2:-2]


def _characters(source: str, line: int, column: int) -> int:
    return len(source.split("\n")[line - 1].encode()[:column].decode())


def _pure(node: ast.AST) -> bool:
    allowed = (
        *(ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.comprehension, ast.Slice),
        *(ast.Name, ast.Constant, ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.IfExp, ast.Subscript),
        *(ast.Tuple, ast.List, ast.Set, ast.Dict, ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.JoinedStr),
        *(ast.FormattedValue,),
    )
    match node:
        case ast.Call():
            return _called_purely(node) and all(map(_pure, _arguments(node)))
        case ast.Constant(value=value):
            return value is not ...
    return isinstance(node, allowed) and all(map(_pure, ast.iter_child_nodes(node)))


def _called_purely(node: ast.Call) -> bool:
    match node.func:
        case ast.Name(id=name):
            return name in _FUNCTIONS
        case ast.Attribute(attr=name):
            return name in _METHODS
    return False


def _arguments(node: ast.Call) -> list[ast.expr]:
    receiver = [node.func.value] if isinstance(node.func, ast.Attribute) else []
    return [*receiver, *node.args, *(word.value for word in node.keywords)]
