"""Variables that are used as a queue, and what each use is called for a list and for a deque."""

from dataclasses import dataclass

import libcst as cst

from variants.analysis.bindings import find_binding, is_captured, is_local
from variants.analysis.inference import WHOLE
from variants.analysis.program import Program
from variants.rewriting.conditions import is_condition
from variants.rewriting.edits import only_statement
from variants.rewriting.expressions import text

_SHARED = frozenset({"append", "pop", "clear", "reverse", "remove", "count"})


@dataclass(frozen=True, slots=True)
class Queue:
    """A local variable with all that is done to it.

    Attributes:
        name: The variable.
        value: What it is assigned at first.
        at_left: Calls at its left end: `pop(0)`, `insert(0, x)`, or `popleft()`, `appendleft(x)`.
    """

    name: str
    value: cst.BaseExpression
    at_left: tuple[cst.Call, ...]


def find_queue(program: Program, line: cst.SimpleStatementLine, *, is_deque: bool) -> Queue | None:
    """The queue that a line begins, where a list and a deque can do all that is done to it."""
    assign = only_statement(line)
    if not isinstance(assign, cst.Assign) or len(assign.targets) != 1:
        return None
    target, scope = assign.targets[0].target, program.scope(line)
    if not isinstance(target, cst.Name) or scope is None or not is_local(program, scope, target.value):
        return None
    binding = find_binding(program, scope, target.value)
    if not binding.is_plain or binding.stores != (target,) or is_captured(program, binding):
        return None
    at_left: list[cst.Call] = []
    for load, _ in binding.loads:
        call = _left_call(program, load, is_deque)
        if call is not None:
            at_left.append(call)
        elif not _is_shared_use(program, load):
            return None
    if any(one is not other and program.encloses(one, other) for one in at_left for other in at_left):
        return None
    return Queue(target.value, assign.value, tuple(at_left))


def _left_call(program: Program, load: cst.Name, is_deque: bool) -> cst.Call | None:
    """The call at the left end that a use of the variable is."""
    attribute = program.parent(load)
    call = program.parent(attribute) if isinstance(attribute, cst.Attribute) else None
    if (
        not isinstance(call, cst.Call)
        or call.func is not attribute
        or not isinstance(attribute, cst.Attribute)
    ):
        return None
    if any(argument.star or argument.keyword is not None for argument in call.args):
        return None
    method, count = attribute.attr.value, len(call.args)
    if is_deque:
        return call if (method, count) in {("popleft", 0), ("appendleft", 1)} else None
    first = call.args[0].value if call.args else None
    at_start = isinstance(first, cst.Integer) and first.value == "0"
    return call if at_start and (method, count) in {("pop", 1), ("insert", 2)} else None


def _is_shared_use(program: Program, load: cst.Name) -> bool:
    """Whether a list and a deque answer a use in the same way."""
    parent = program.parent(load)
    if is_condition(program, load):
        return True
    if isinstance(parent, cst.Attribute):
        call = program.parent(parent)
        if not isinstance(call, cst.Call) or parent.attr.value not in _SHARED:
            return False
        return parent.attr.value != "pop" or not call.args
    if isinstance(parent, cst.Arg):
        call = program.parent(parent)
        return call is not None and program.calls_builtin(
            call, "len", "list", "sum", "sorted", "tuple", "set"
        )
    if isinstance(parent, cst.ComparisonTarget):
        return isinstance(parent.operator, cst.In | cst.NotIn)
    if isinstance(parent, cst.Subscript) and parent.value is load and len(parent.slice) == 1:
        index = parent.slice[0].slice
        outer = program.parent(parent)
        is_deleted = isinstance(outer, cst.Del)
        return isinstance(index, cst.Index) and program.types.is_only(index.value, WHOLE) and not is_deleted
    if not isinstance(parent, cst.CompFor) or parent.iter is not load:
        return False
    # A deque that changes while it is gone through complains, a list does not.
    comprehension = program.parent(parent)
    assert comprehension is not None
    return [name.value for name in program.nodes_within(comprehension, cst.Name)].count(load.value) == 1


def renamed_calls(program: Program, queue: Queue, *, is_deque: bool) -> dict[cst.CSTNode, cst.BaseExpression]:
    """The calls at the left end as the other kind of queue names them."""
    found: dict[cst.CSTNode, cst.BaseExpression] = {}
    for call in queue.at_left:
        assert isinstance(call.func, cst.Attribute)
        takes = call.func.attr.value in {"pop", "popleft"}
        given = "" if takes else text(program, call.args[-1].value, 1)
        if is_deque:
            new = "popleft()" if takes else f"appendleft({given})"
        else:
            new = "pop(0)" if takes else f"insert(0, {given})"
        found[call] = cst.parse_expression(f"{queue.name}.{new}")
    return found
