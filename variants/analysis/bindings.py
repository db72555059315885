"""Who writes and who reads a local name, and whether its value is still wanted."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import libcst as cst

from variants.analysis.program import Program
from variants.analysis.scopes import ComprehensionScope, FunctionScope, Scope

#: Builtins that use up a generator before they return.
CONSUMERS = frozenset(
    {"all", "any", "dict", "frozenset", "list", "max", "min", "set", "sorted", "sum", "tuple"}
)
Comprehension = cst.ListComp | cst.SetComp | cst.DictComp | cst.GeneratorExp


@dataclass(frozen=True, slots=True)
class Binding:
    """A name of one scope with all its occurrences in source order.

    Attributes:
        stores: Names that are assigned to (for a parameter, the name in the signature).
        loads: Names that are read or deleted, with the scope in which that happens.
        is_plain: Whether every occurrence is an ordinary name, so that the two lists are complete.
    """

    name: str
    scope: Scope
    stores: tuple[cst.Name, ...]
    loads: tuple[tuple[cst.Name, Scope], ...]
    is_plain: bool

    @property
    def occurrences(self) -> Iterator[cst.Name]:
        """All occurrences, the stores first."""
        yield from self.stores
        yield from (name for name, _ in self.loads if name not in self.stores)


def find_binding(program: Program, scope: Scope, name: str) -> Binding:
    """Collect the occurrences of a name that a scope owns."""
    nodes = [assignment.node for assignment in scope.assignments[name]]
    names = {node.name if isinstance(node, cst.Param) else node for node in nodes}
    occurrences = _occurrences(program).get((scope, name), [])
    stores = tuple(node for node, _ in occurrences if node in names)
    # ``x += 1`` reads, too.
    loads = tuple(
        (node, user)
        for node, user in occurrences
        if node not in names or isinstance(program.parent(node), cst.AugAssign)
    )
    is_plain = len(stores) == len(scope.assignments[name]) and name not in program.annotated_names
    return Binding(name, scope, stores, loads, is_plain)


def find_owner(scope: Scope, name: str) -> Scope | None:
    """The scope whose variable a name means, when it is used in a scope."""
    return scope.owner(name)


@lru_cache(maxsize=8)
def _occurrences(program: Program) -> dict[tuple[Scope, str], list[tuple[cst.Name, Scope]]]:
    """The uses of every variable in source order, each with the scope in which it stands."""
    table: dict[tuple[Scope, str], list[tuple[cst.Name, Scope]]] = {}
    for node in program.nodes(cst.Name):
        scope = program.scope(node)  # attributes and keywords have none
        owner = find_owner(scope, node.value) if scope is not None else None
        if scope is not None and owner is not None:
            table.setdefault((owner, node.value), []).append((node, scope))
    return table


def is_local(program: Program, scope: Scope | None, name: str) -> bool:
    """Whether a function's scope owns a name and shares it with no other by ``global`` or ``nonlocal``."""
    return (
        isinstance(scope, FunctionScope)
        and name not in program.shared_names
        and bool(scope.assignments[name])
    )


def is_captured(program: Program, binding: Binding) -> bool:
    """Whether code that may run later (a closure, a lazy generator) reads the name."""
    return bool(captures(program, binding))


def captures(program: Program, binding: Binding) -> list[cst.Name]:
    """The reads of a name in code that may run later."""
    return [name for name, scope in binding.loads if not _runs_at_once(program, scope, binding.scope)]


def _runs_at_once(program: Program, scope: Scope, owner: Scope) -> bool:
    while scope is not owner:
        if not isinstance(scope, ComprehensionScope) or is_lazy(program, scope.node) or scope.parent is None:
            return False
        scope = scope.parent
    return True


def is_lazy(program: Program, comprehension: cst.CSTNode) -> bool:
    """Whether a comprehension is a generator that outlives the expression in which it stands."""
    if not isinstance(comprehension, cst.GeneratorExp):
        return False
    argument = program.parent(comprehension)
    call = program.parent(argument) if isinstance(argument, cst.Arg) else None
    return call is None or not program.calls_builtin(call, *CONSUMERS)


def is_dead_after(program: Program, loop: cst.For, binding: Binding) -> bool:
    """Whether nothing reads a loop's variable once the loop is over, on whatever path.

    The value may then differ after the loop without anybody noticing.
    """
    if not binding.is_plain or is_captured(program, binding):
        return False
    outside = [name for name, _ in binding.loads if not program.encloses(loop.body, name)]
    readers = [name for name in outside if not is_rebound_around(program, name, loop, binding)]
    if not is_repeated(program, loop):
        readers = [name for name in readers if program.order(name) > program.order(loop.body)]
    return not readers or _is_overwritten_next(program, loop, binding)


def is_repeated(program: Program, node: cst.CSTNode) -> bool:
    """Whether a statement stands in a loop of its function."""
    for ancestor in program.ancestors(node):
        if isinstance(ancestor, cst.For | cst.While):
            return True
        if isinstance(ancestor, cst.FunctionDef):
            return False
    return False


def is_rebound_around(program: Program, name: cst.Name, loop: cst.CSTNode, binding: Binding) -> bool:
    """Whether a read stands in the body of a ``for`` over the same variable that is not round a node."""
    return any(
        isinstance(ancestor, cst.For)
        and program.encloses(ancestor.body, name)
        and not program.encloses(ancestor, loop)
        and any(store is ancestor.target for store in binding.stores)
        and not deletes(program, ancestor, binding)
        for ancestor in program.ancestors(name)
    )


def deletes(program: Program, node: cst.CSTNode, binding: Binding) -> bool:
    """Whether ``del name`` occurs within a node."""
    return any(
        program.encloses(node, name) and any(isinstance(a, cst.Del) for a in program.ancestors(name))
        for name, _ in binding.loads
    )


def _is_overwritten_next(program: Program, loop: cst.CSTNode, binding: Binding) -> bool:
    """Whether the statements right after the loop assign the name before any of them can read it."""
    if any(isinstance(ancestor, cst.Try | cst.TryStar | cst.With) for ancestor in program.ancestors(loop)):
        return False
    block = program.parent(loop)
    if not isinstance(block, cst.IndentedBlock):
        return False
    following = block.body[_position(block, loop) + 1 :]
    for statement in following:
        mentions = [name for name in binding.occurrences if program.encloses(statement, name)]
        if mentions:
            return _assigns_first(program, statement, binding, mentions)
        if any(program.encloses(statement, jump) for jump in program.nodes(cst.Break, cst.Continue)):
            return False
    return False


def _position(block: cst.IndentedBlock, statement: cst.CSTNode) -> int:
    return next(index for index, member in enumerate(block.body) if member is statement)


def _assigns_first(
    program: Program, statement: cst.BaseStatement, binding: Binding, mentions: list[cst.Name]
) -> bool:
    if isinstance(statement, cst.For):
        return False
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return False
    assign = statement.body[0]
    return isinstance(assign, cst.Assign) and all(name in binding.stores for name in mentions)


def is_printed(program: Program, occurrence: cst.Name) -> bool:
    """Whether an f-string such as ``f"{x = }"`` shows the name itself."""
    return any(
        isinstance(ancestor, cst.FormattedStringExpression) and ancestor.equal is not None
        for ancestor in program.ancestors(occurrence)
    )
