"""What the source text alone tells about a program: statements, loops, conditions, by line.

`sys.settrace` reports line numbers; this module says what they mean. A line that cannot be given one
clear meaning (two statements on it, the header of a `with`, which runs again on the way out, ...) is
listed in `unclear`, and queries about it are refused rather than guessed.
"""

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from types import CodeType

_OF_LOCALS = frozenset({"locals", "vars", "dir", "eval", "exec"})


class ProgramError(ValueError):
    """A program that does not parse, with the line and the reason."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A `for` or `while` statement. Lines are 1-based and inclusive.

    `endless` loops (`while True`) do not come back to their header: there an iteration begins with the
    first statement of the body.
    """

    line: int
    body_first: int
    body_last: int
    endless: bool

    def holds(self, line: int) -> bool:
        """Tell whether `line` belongs to the loop, header included (an `else` block does not)."""
        return self.line <= line <= self.body_last

    def body_holds(self, line: int) -> bool:
        """Tell whether `line` lies in the loop's body."""
        return self.body_first <= line <= self.body_last


@dataclass(slots=True)
class Program:
    """The lines of a source text with their meaning.

    Attributes:
        statement: line -> first line of the statement (or header) that it belongs to.
        loops: first line of a statement -> the loops around it, outermost first, within its function.
        headers: line of a loop header -> that loop.
        conditions: line of an `if` or `while` header -> (first, last) line of the block run when true.
        unclear: lines whose executions cannot be counted by line events.
        nodes: first line of a statement -> its syntax node.
        code_lines: lines that the compiled code has instructions for.
    """

    source: str
    statement: dict[int, int] = field(default_factory=dict)
    loops: dict[int, tuple[Loop, ...]] = field(default_factory=dict)
    headers: dict[int, Loop] = field(default_factory=dict)
    conditions: dict[int, tuple[int, int]] = field(default_factory=dict)
    unclear: set[int] = field(default_factory=set)
    nodes: dict[int, ast.AST] = field(default_factory=dict)
    code_lines: frozenset[int] = frozenset()


@lru_cache(maxsize=512)
def analyse(source: str) -> Program:
    """Read a source text.

    Raises:
        ProgramError: it does not parse.
    """
    tree = parse_source(source)
    program = Program(source)
    program.code_lines = _code_lines(source)
    _block(tree.body, (), program)
    return program


def _code_lines(source: str) -> frozenset[int]:
    """Return the lines that the compiled code has instructions for: only they can give line events.

    Raises:
        ProgramError: it parses, but does not compile.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            waiting = [compile(source, "<program>", "exec", dont_inherit=True)]
    except SyntaxError as error:
        raise ProgramError(f"line {error.lineno}: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise ProgramError(f"the program does not compile: {error}") from None
    lines: set[int] = set()
    while waiting:
        code = waiting.pop()
        lines.update(line for _, _, line in code.co_lines() if line)
        waiting += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return frozenset(lines)


def module_variables(source: str) -> frozenset[str]:
    """Return the names of a module's variables: functions, classes and imports are left out.

    Raises:
        ProgramError: it does not parse.
    """
    tree = parse_source(source)
    names = {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        waiting += ast.iter_child_nodes(node)
    return frozenset(names)


def parse_source(source: str) -> ast.Module:
    """Parse a module; raises `ProgramError` with line and reason."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except SyntaxError as error:
        raise ProgramError(f"line {error.lineno}: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise ProgramError(f"the program does not parse: {error}") from None


@lru_cache(maxsize=512)
def looks_at_locals(source: str) -> bool:
    """Tell whether a program may ask a frame for the dict of its variables: `locals()` and its kin.

    Up to Python 3.12 a frame has one such dict, which watching fills anew: what it holds lives longer, or is
    let go sooner, than without.
    """
    tree = parse_source(source)
    called: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            most = {"vars": 0, "dir": 0, "eval": 1, "exec": 1}.get(node.func.id)
            given = len(node.args) + len(node.keywords)
            if most is not None and given > most:
                called.add(id(node.func))
    return any(
        isinstance(node, ast.Name) and node.id in _OF_LOCALS and id(node) not in called
        for node in ast.walk(tree)
    )


def _block(statements: list[ast.stmt], loops: tuple[Loop, ...], program: Program) -> None:
    for statement in statements:
        _statement(statement, loops, program)


def _statement(node: ast.stmt, loops: tuple[Loop, ...], program: Program) -> None:
    _place(node, _header_last(node), loops, program)
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            _block(node.body, (), program)
        case ast.For() | ast.AsyncFor() | ast.While():
            loop = _loop(node, program)
            _block(node.body, (*loops, loop), program)
            _block(node.orelse, loops, program)
        case ast.If():
            _condition(node, program)
            _block(node.body, loops, program)
            _block(node.orelse, loops, program)
        case ast.With() | ast.AsyncWith():
            program.unclear.add(node.lineno)  # its line comes up once more on the way out
            _block(node.body, loops, program)
        case ast.Try() | ast.TryStar():
            _block(node.body, loops, program)
            for handler in node.handlers:
                _place(handler, handler.type.end_lineno if handler.type else None, loops, program)
                _block(handler.body, loops, program)
            _block(node.orelse, loops, program)
            _block(node.finalbody, loops, program)
        case ast.Match():
            for case in node.cases:
                last = case.guard.end_lineno if case.guard else case.pattern.end_lineno
                _place(case.pattern, last, loops, program)
                _block(case.body, loops, program)


def _header_last(node: ast.stmt) -> int | None:
    """Return the last line of what is evaluated at the statement itself, before any block of it."""
    match node:
        case ast.For() | ast.AsyncFor():
            return node.iter.end_lineno
        case ast.While() | ast.If():
            return node.test.end_lineno
        case ast.With() | ast.AsyncWith():
            last = node.items[-1]
            return (last.optional_vars or last.context_expr).end_lineno
        case ast.Match():
            return node.subject.end_lineno
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return max(node.lineno, node.body[0].lineno - 1)
        case ast.Try() | ast.TryStar():
            return node.lineno
    return node.end_lineno


def _place(
    node: ast.stmt | ast.ExceptHandler | ast.pattern,
    last: int | None,
    loops: tuple[Loop, ...],
    program: Program,
) -> None:
    first = _first_line(node)
    for line in range(first, (last or node.lineno) + 1):
        if line in program.statement:
            program.unclear |= {line, program.statement[line], first}
        program.statement.setdefault(line, first)
    program.loops.setdefault(first, loops)
    program.nodes.setdefault(first, node)


def _first_line(node: ast.stmt | ast.ExceptHandler | ast.pattern) -> int:
    """Return the line on which a statement begins: of a decorated definition, that of its first decorator."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _begin_of(body: list[ast.stmt], program: Program) -> ast.stmt | None:
    """Return the first statement of a block that gives a line event, None where none does."""
    for statement in body:
        lines = range(_first_line(statement), (statement.end_lineno or statement.lineno) + 1)
        if leaves_a_trace(statement) and not program.code_lines.isdisjoint(lines):
            return statement
    return None


def _loop(node: ast.For | ast.AsyncFor | ast.While, program: Program) -> Loop:
    endless = isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and bool(node.test.value)
    body_last = max(_last_lines(node.body))
    begin = _begin_of(node.body, program)
    first = _first_line(begin or node.body[0])
    loop = Loop(node.lineno, first, body_last, endless)
    program.headers.setdefault(node.lineno, loop)
    if isinstance(node, ast.While) and not endless:
        _condition(node, program)
    is_clear = begin is not None and first > (_header_last(node) or node.lineno)
    if not is_clear or (endless and not _countable(node.body, begin, program)):
        program.unclear.update(range(node.lineno, body_last + 1))
    return loop


def _countable(body: list[ast.stmt], begin: ast.stmt | None, program: Program) -> bool:
    """Tell whether line events separate the iterations of an endless loop.

    Its first statement marks them, so it must give exactly one event each time, and something must run
    between two executions of it.
    """
    if begin is None or getattr(begin, "decorator_list", []):
        return False
    if isinstance(begin, ast.With | ast.AsyncWith | ast.Try | ast.TryStar | ast.Match):
        return False
    return begin is not body[-1] or _runs_another(begin, program)


def _runs_another(node: ast.stmt, program: Program) -> bool:
    """Tell whether some line of a statement's blocks runs each time that the statement does."""
    if not isinstance(node, ast.If):
        return False
    return all(_begin_of(block, program) is not None for block in (node.body, node.orelse))


def _condition(node: ast.If | ast.While, program: Program) -> None:
    begin = _begin_of(node.body, program)
    if begin is not None and _first_line(begin) > (node.test.end_lineno or node.lineno):
        program.conditions[node.lineno] = (_first_line(node.body[0]), max(_last_lines(node.body)))
    else:
        program.unclear.add(node.lineno)


def _last_lines(statements: list[ast.stmt]) -> Iterator[int]:
    return (statement.end_lineno or statement.lineno for statement in statements)


def leaves_a_trace(node: ast.AST) -> bool:
    """Tell whether running a statement gives a line event."""
    match node:
        case ast.Global() | ast.Nonlocal() | ast.Expr(value=ast.Constant()):
            return False
        case ast.AnnAssign(value=None, simple=1):
            return False
    return not isinstance(node, ast.pattern)


@lru_cache(maxsize=512)
def functions_of(source: str) -> dict[int, str]:
    """Return line -> qualified name of the function whose body it is in."""
    functions: dict[int, str] = {}

    def visit(node: ast.AST, prefix: str, inside: str | None) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                name = prefix + child.name
                for statement in child.body:
                    for line in range(statement.lineno, (statement.end_lineno or statement.lineno) + 1):
                        functions[line] = name
                visit(child, f"{name}.<locals>.", name)
            elif isinstance(child, ast.ClassDef):
                for line in range(child.body[0].lineno, (child.end_lineno or child.lineno) + 1):
                    functions.pop(line, None)
                visit(child, f"{prefix}{child.name}.", None)
            else:
                visit(child, prefix, inside)

    visit(parse_source(source), "", None)
    return functions


@lru_cache(maxsize=512)
def parameters_of(source: str) -> dict[str, frozenset[str]]:
    """Return qualified name of a function -> the names of its parameters."""
    parameters: dict[str, frozenset[str]] = {}

    def visit(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                name = prefix + child.name
                own = frozenset(part.arg for part in ast.walk(child.args) if isinstance(part, ast.arg))
                parameters[name] = parameters.get(name, frozenset()) | own
                visit(child, f"{name}.<locals>.")
            else:
                visit(child, f"{prefix}{child.name}." if isinstance(child, ast.ClassDef) else prefix)

    visit(parse_source(source), "")
    return parameters
