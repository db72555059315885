"""The places of a program whose values and outcomes an instrumented run reports, as tables.

They come from the source text alone, so their numbers mean the same in every run of the same text, and a
report of a run need only name numbers.
"""

import ast
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType

HOOKS = (
    "enter",  # (function[, statement]): a frame begins; a lambda begins its one statement with it
    "begin",  # (statement): an execution of a statement begins
    "loop",  # (statement): a loop is started
    "iteration",  # (statement): its body is begun
    "next_visit",  # (statement): the body of a `for` is begun, so its header was visited
    "exhausted",  # (statement): a `for` came to its end, by one more visit of its header
    "then",  # (anything, value): lets something be called right before a value is computed
    "value",  # (expression, value)
    "condition",  # (expression, value): only the truth of the value matters to the program
    "junction",  # (expression, value): an `and` or `or` whose value matters
    "tested",  # (expression, value): operand of a junction in a condition
    "operand",  # (expression, value): operand of a junction whose value matters
    "reached",  # (expression, chain, part, value): third or later operand of a chained comparison
    "generator",  # (value): a generator expression was made
)
"""What the instrumented code calls, and with what; see `tracer.instrument`."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement (of a compound one: its header), the unit whose executions are counted.

    Attributes:
        line: its first line, decorators included.
        column: 0-based column in characters of that place.
        function: qualified name of the function whose frame executes it. Comprehensions and generator
            expressions belong to the function around them on every Python minor; a lambda is a function
            with a statement of its own, on the line of the statement that it is written in.
    """

    line: int
    column: int
    function: str


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression of a statement.

    Attributes:
        text: its source text (on one line).
        start: (line, column) of its first character; lines 1-based, columns 0-based in characters. An
            expression inside an f-string has the position of the f-string: older minors know no better.
        end: (line, column) behind its last character.
        statement: number of the statement that it belongs to.
        operands: how many outcomes of parts it has: the operands of an `and` or `or`, the parts of a
            chained comparison, 0 for any other condition, None for what decides nothing.
    """

    text: str
    start: tuple[int, int]
    end: tuple[int, int]
    statement: int
    operands: int | None


@dataclass(frozen=True, slots=True)
class Junction:
    """An `and` or `or`, with its operands: numbers of expressions, or junctions directly inside it.

    A junction inside another one has no hook around it: Python tests each operand once and jumps past
    both, so its value and outcome are told from the operands that were evaluated.
    """

    node: int
    is_and: bool
    operands: tuple["Junction | int", ...]

    @property
    def first(self) -> int:
        """Number of the operand that is evaluated first, whenever the junction is."""
        head = self.operands[0]
        return head if isinstance(head, int) else head.first


@dataclass(frozen=True, slots=True)
class Sites:
    """The tables of one program, and its instrumented code.

    Attributes:
        statements, expressions, functions: by number; of a function, its qualified name.
        junctions: number of an outermost `and`/`or` -> its tree.
        roots: number of an operand in such a tree -> number of the outermost junction.
        chains: number of a chained comparison -> how many parts it has.
        tests: number of an `if`, `while`, `assert` or guard -> number of its condition.
        code: the compiled module, with a placeholder constant for each hook.
        placeholders: name of a hook -> its placeholder.
    """

    statements: tuple[Statement, ...]
    expressions: tuple[Expression, ...]
    functions: tuple[str, ...]
    junctions: dict[int, Junction]
    roots: dict[int, int]
    chains: dict[int, int]
    tests: dict[int, int]
    code: CodeType
    placeholders: dict[str, bytes]

    def on_line(self, function: str, line: int) -> list[int]:
        """Return the numbers of the statements of a function that begin on a line."""
        return [
            number
            for number, statement in enumerate(self.statements)
            if statement.line == line and statement.function == function
        ]

    def places(self, text: str, statement: int) -> list[int]:
        """Return the numbers of the expressions of a statement that are written so, in source order.

        Spaces, line breaks and redundant parentheses make no difference.
        """
        wanted = normal_form(text)
        found = [
            (expression.start, number)
            for number, expression in enumerate(self.expressions)
            if expression.statement == statement and normal_form(expression.text) == wanted
        ]
        return [number for _, number in sorted(found)]


@lru_cache(maxsize=4096)
def normal_form(text: str) -> str:
    """Return the text of an expression without accidents of layout; a text that does not parse, as it is."""
    try:
        return ast.unparse(ast.parse(f"({text}\n)", mode="eval"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
