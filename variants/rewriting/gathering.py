"""Loops that do one thing for each element, read as the clauses of a comprehension."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from variants.analysis.bindings import find_binding, is_captured, is_local
from variants.analysis.program import Program
from variants.analysis.tree import Replacement
from variants.rewriting.edits import block_of, only_statement, replace
from variants.rewriting.expressions import OR, negation, text
from variants.rewriting.loops import Statement, is_forgotten

#: What may not be raised in a generator, where it would become another error.
_STOPPING = frozenset({"next", "StopIteration", "__next__"})
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Gathering:
    """A loop, or several in each other, that reaches one block for each element.

    Attributes:
        loop: The outer loop.
        loops: How many loops there are.
        clauses: The same as text, without the last condition: ``for x in xs if x for y in x``.
        last: The innermost condition, where the block is all that depends on it.
        block: What is done for each element.
    """

    loop: cst.For
    loops: int
    clauses: str
    last: cst.BaseExpression | None
    block: Sequence[cst.BaseStatement]

    def all_clauses(self, program: Program) -> str:
        """The clauses with the last condition."""
        if self.last is None:
            return self.clauses
        return f"{self.clauses} if {text(program, self.last, OR)}"


def find_gathering(program: Program, loop: cst.For) -> Gathering | None:
    """The loop as clauses, as far as its form goes; None where it has no such form."""
    parts: list[str] = []
    loops = 0
    last: cst.BaseExpression | None = None
    block: Sequence[cst.BaseStatement] = [loop]
    while len(block) == 1:
        statement = block[0]
        if isinstance(statement, cst.For):
            if statement.orelse is not None or statement.asynchronous is not None:
                return None
            source = text(program, statement.iter, OR)
            source = f"({source})" if isinstance(statement.iter, cst.Tuple) and source[0] != "(" else source
            parts += [*_condition(program, last), f"for {program.text(statement.target)} in {source}"]
            last, loops = None, loops + 1
            guards, block = _guards(program, block_of(statement.body).body)
            parts += guards
        elif isinstance(statement, cst.If) and statement.orelse is None:
            parts += _condition(program, last)
            last, block = statement.test, block_of(statement.body).body
        else:
            break
    return Gathering(loop, loops, " ".join(parts), last, block)


def _condition(program: Program, test: cst.BaseExpression | None) -> list[str]:
    return [] if test is None else [f"if {text(program, test, OR)}"]


def _guards(
    program: Program, block: Sequence[cst.BaseStatement]
) -> tuple[list[str], Sequence[cst.BaseStatement]]:
    """The conditions that a block begins with in the form `if c: continue`, and what comes after them."""
    tests: list[str] = []
    while len(block) > 1 and isinstance(block[0], cst.If) and block[0].orelse is None:
        inner = block_of(block[0].body).body
        if len(inner) != 1 or not isinstance(only_statement(inner[0]), cst.Continue):
            break
        tests.append(f"if {negation(program, block[0].test, OR)}")
        block = block[1:]
    return tests, block


def keeps_to_itself(program: Program, found: Gathering) -> bool:
    """Whether nobody else wants the loops' variables, and all in them means the same in a comprehension."""
    loops = [loop for loop in program.nodes_within(found.loop, cst.For) if _is_part(program, found, loop)]
    # None is found where the body stands on the line of its header.
    return (
        bool(loops)
        and not _is_out_of_place(program, found.loop)
        and all(
            name is not None and is_forgotten(program, loop, name) and _is_bound_without(program, loop, name)
            for loop in loops
            for name in _names(loop.target)
        )
    )


def _is_part(program: Program, found: Gathering, loop: cst.For) -> bool:
    return any(program.encloses(loop, statement) for statement in found.block)


def _names(target: cst.BaseExpression) -> Iterator[cst.Name | None]:
    """The names in a target; None for a part that is no name."""
    if isinstance(target, cst.Name):
        yield target
    elif isinstance(target, cst.Tuple | cst.List):
        for element in target.elements:
            yield from _names(element.value)
    else:
        yield None


def _is_bound_without(program: Program, loop: cst.For, name: cst.Name) -> bool:
    """Whether the name stays a local variable where it is read outside of the loop."""
    scope = program.scope(name)
    assert scope is not None
    binding = find_binding(program, scope, name.value)
    if any(not program.encloses(loop, store) for store in binding.stores):
        return True
    return all(program.encloses(loop, load) for load, _ in binding.loads)


def _is_out_of_place(program: Program, loop: cst.For) -> bool:
    """Whether something in the loop means another thing in a comprehension."""
    if program.nodes_within(loop, cst.NamedExpr, cst.Await, cst.Yield, cst.Del, cst.Nonlocal):
        return True
    names = program.nodes_within(loop, cst.Name)
    return any(name.value in {"super", "__class__"} for name in names)


def may_stop(program: Program) -> bool:
    """Whether a generator could get a StopIteration from what is evaluated in it."""
    return not program.names.isdisjoint(_STOPPING)


def is_guarded(program: Program, node: cst.CSTNode) -> bool:
    """Whether a try or with could show what a statement had done before it failed."""
    return any(isinstance(outer, cst.Try | cst.TryStar | cst.With) for outer in program.ancestors(node))


def find_beginning(program: Program, loop: cst.For, name: cst.Name) -> cst.SimpleStatementLine | None:
    """The line before a loop that gives a private variable its first value.

    What stands in between does not mention the variable.
    """
    scope = program.scope(loop)
    block = program.parent(loop)
    if not isinstance(block, cst.IndentedBlock) or not is_local(program, scope, name.value):
        return None
    assert scope is not None
    binding = find_binding(program, scope, name.value)
    if not binding.is_plain or is_captured(program, binding) or is_guarded(program, loop):
        return None
    place = next(index for index, member in enumerate(block.body) if member is loop)
    for line in reversed(block.body[:place]):
        if mentions(program, line, name.value):
            is_beginning = begun_with(only_statement(line), name.value) is not None
            return line if is_beginning and isinstance(line, cst.SimpleStatementLine) else None
    return None


def begun_with(statement: cst.BaseSmallStatement | None, name: str) -> cst.BaseExpression | None:
    """The value in `name = value`."""
    if isinstance(statement, cst.AnnAssign):
        target: cst.BaseExpression = statement.target
    elif isinstance(statement, cst.Assign) and len(statement.targets) == 1:
        target = statement.targets[0].target
    else:
        return None
    return statement.value if isinstance(target, cst.Name) and target.value == name else None


def mentions(program: Program, node: cst.CSTNode, name: str) -> int:
    """How often a name stands in a node."""
    return sum(other.value == name for other in program.nodes_within(node, cst.Name))


def is_readable(line: str) -> bool:
    """Whether a person would put this much on one line."""
    return len(line) <= _LONGEST and "\n" not in line


def replace_loop(
    program: Program,
    beginning: cst.SimpleStatementLine | None,
    loop: cst.For,
    new: Statement,
    after: cst.BaseStatement | None = None,
) -> cst.Module:
    """Put one statement in the place of a loop, of the line that begins its result and of what follows."""
    above = list(loop.leading_lines)
    if beginning is not None:
        above = [*beginning.leading_lines, *(line for line in above if line.comment is not None)]
    edits: dict[cst.CSTNode, Replacement] = {loop: new.with_changes(leading_lines=above)}
    for gone in (beginning, after):
        if gone is not None:
            edits[gone] = cst.FlattenSentinel([])
    return replace(program, edits)
