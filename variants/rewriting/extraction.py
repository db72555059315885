"""Runs of statements that could be the body of a function of their own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import libcst as cst

from variants.analysis.bindings import (
    Binding,
    captures,
    find_binding,
    find_owner,
    is_rebound_around,
    is_repeated,
)
from variants.analysis.bound import binds, is_bound_at, is_surely_bound
from variants.analysis.program import Program
from variants.rewriting.branches import leaves, place_of
from variants.rewriting.functions import is_ordinary, notices_end, top_function
from variants.rewriting.loops import jumps_out
from variants.rewriting.neighbours import in_try

_MOST_INPUTS, _MOST_OUTPUTS, _LONGEST = 5, 3, 8
_UNMOVABLE = (
    *(cst.Yield, cst.Await, cst.Global, cst.Nonlocal, cst.Import, cst.ImportFrom, cst.FunctionDef),
    *(cst.ClassDef, cst.Del, cst.NamedExpr),
)


@dataclass(frozen=True, slots=True)
class Run:
    """Statements that follow each other in a block.

    Attributes:
        statements: The statements.
        inputs: The variables whose values they need.
        outputs: The variables that they set and that are wanted afterwards.
        returns: Whether control never comes to what follows them, since they return.
    """

    statements: tuple[cst.BaseStatement, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    returns: bool


@lru_cache(maxsize=256)
def may_extract(program: Program, function: cst.FunctionDef) -> bool:
    """Whether nothing in a function can tell that a part of it runs in another one."""
    return is_ordinary(program, function) and not notices_end(program)


def runs_from(program: Program, first: cst.BaseStatement) -> Iterator[Run]:
    """The runs that begin with a statement and can be moved into a function, shorter ones first."""
    place, function = place_of(program, first), top_function(program, first)
    if place is None or function is None or not may_extract(program, function) or in_try(program, first):
        return
    block, start = place
    if start == 0 and (block is function.body and function.get_docstring() is not None):
        return
    sizes = range(1, min(len(block.body) - start, _LONGEST) + 1)
    for size in sizes:
        statements = tuple(block.body[start : start + size])
        if program.nodes_within(statements[-1], *_UNMOVABLE):
            return
        if block is function.body and size == _own_length(function):
            return  # nothing would be left
        run = _run(program, function, block, statements) if _is_worth_it(statements) else None
        if run is not None:
            yield run


def _own_length(function: cst.FunctionDef) -> int:
    return len(function.body.body) - (function.get_docstring() is not None)


def _is_worth_it(statements: Sequence[cst.BaseStatement]) -> bool:
    return len(statements) > 1 or isinstance(statements[0], cst.BaseCompoundStatement)


def _run(
    program: Program,
    function: cst.FunctionDef,
    block: cst.IndentedBlock,
    statements: tuple[cst.BaseStatement, ...],
) -> Run | None:
    if any(jumps_out(program, statement) or _shares(program, statement) for statement in statements):
        return None
    returns = any(program.nodes_within(statement, cst.Return) for statement in statements)
    is_end = statements[-1] is block.body[-1]
    if returns and not (is_end and (block is function.body or leaves(block))):
        return None
    inputs: list[str] = []
    outputs: list[str] = []
    for binding in _variables(program, function, statements):
        part = _Part(program, statements, binding)
        if not part.is_closed(returns):
            return None
        gives = not returns and part.is_wanted()
        # A value that may stay as it was has to come in to go out again.
        needs = part.needs() or (gives and not part.is_set())
        if needs and not part.is_bound_before():
            return None
        inputs += [binding.name] if needs else []
        outputs += [binding.name] if gives else []
    if len(inputs) > _MOST_INPUTS or len(outputs) > _MOST_OUTPUTS or not (inputs or returns):
        return None
    return Run(statements, tuple(inputs), tuple(outputs), returns)


def _shares(program: Program, statement: cst.BaseStatement) -> bool:
    """Whether a name in a statement is declared global or nonlocal somewhere."""
    shared = program.shared_names
    return bool(shared) and any(name.value in shared for name in program.nodes_within(statement, cst.Name))


def _variables(
    program: Program, function: cst.FunctionDef, statements: Sequence[cst.BaseStatement]
) -> Iterator[Binding]:
    """The function's own variables that the statements mention, in the order of their first mention."""
    inner = program.scope(function.body)
    assert inner is not None
    seen: set[str] = set()
    for statement in statements:
        for name in program.nodes_within(statement, cst.Name):
            scope = program.scope(name)
            if scope is None or name.value in seen:
                continue
            if find_owner(scope, name.value) is inner:
                seen.add(name.value)
                yield find_binding(program, inner, name.value)


@dataclass(frozen=True, slots=True)
class _Part:
    """What a run of statements does to one variable."""

    program: Program
    statements: Sequence[cst.BaseStatement]
    binding: Binding

    def is_closed(self, returns: bool) -> bool:
        """Whether no code that may run later reads the variable on the other side of the border."""
        if not self.binding.is_plain or self.binding.name in self.program.shared_names:
            return False
        later = captures(self.program, self.binding)
        if any(not self._holds(name) for name in later):
            return False
        is_given = all(isinstance(self.program.parent(store), cst.Param) for store in self.binding.stores)
        return not later or is_given or (returns and not is_repeated(self.program, self.statements[0]))

    def needs(self) -> bool:
        """Whether the statements may read a value from before them."""
        return any(not self._is_covered(load) for load, _ in self.binding.loads if self._holds(load))

    def is_wanted(self) -> bool:
        """Whether a value that the run gives to the variable may be read after it."""
        if not any(self._holds(store) for store in self.binding.stores):
            return False
        first = self.statements[0]
        repeats = is_repeated(self.program, first)
        if repeats and self.needs():
            return True
        return any(
            not self._holds(load)
            and (repeats or self.program.order(load) > self.program.order(first))
            and not is_rebound_around(self.program, load, first, self.binding)
            for load, _ in self.binding.loads
        )

    def is_set(self) -> bool:
        """Whether the run surely gives the variable a value."""
        return any(binds(statement, self.binding.name) for statement in self.statements)

    def is_bound_before(self) -> bool:
        """Whether the variable surely has a value when the run begins."""
        return is_bound_at(self.program, self.statements[0], self.binding.name)

    def _is_covered(self, load: cst.Name) -> bool:
        """Whether the run itself has surely set what a read finds."""
        for statement in self.statements:
            if self.program.encloses(statement, load):
                break
            if binds(statement, self.binding.name):
                return True
        if any(self._walks(outer) and self.program.encloses(outer.body, load) for outer in self._loops(load)):
            return True
        return is_surely_bound(self.program, load) and not self.is_bound_before()

    def _loops(self, load: cst.Name) -> Iterator[cst.For]:
        for outer in self.program.ancestors(load):
            if isinstance(outer, cst.For) and self._holds(outer):
                yield outer

    def _walks(self, loop: cst.For) -> bool:
        return any(store is loop.target for store in self.binding.stores)

    def _holds(self, node: cst.CSTNode) -> bool:
        return any(self.program.encloses(statement, node) for statement in self.statements)
