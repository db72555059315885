"""A `Counter` becomes a dict and a loop that counts in it."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.bindings import find_binding, is_captured, is_local
from variants.analysis.inference import SEQUENCE
from variants.analysis.program import Program
from variants.analysis.tree import Replacement
from variants.rewriting.edits import compound, has_comment, only_statement, replace, simple
from variants.rewriting.expressions import text
from variants.rewriting.importing import is_from
from variants.rewriting.neighbours import in_try
from variants.transform import Change, Family, Parameters, Transform

_ITEMS = ("item", "element", "entry", "member", "value", "each", "thing", "key")
_READING = frozenset({"items", "keys", "values", "get"})


class CounterToManual(Transform):
    """Counts item by item."""

    name: ClassVar[str] = "counter_to_manual"
    family: ClassVar[Family] = "data"
    description: ClassVar[str] = (
        "`c = Counter(xs)` becomes `c = {}` and `for x in xs: c[x] = c.get(x, 0) + 1`"
    )
    preconditions: ClassVar[str] = (
        "The whole value of the assignment of a local variable is dict(Counter(xs)); or Counter(xs), and the "
        "variable is assigned once and only asked: its items, keys, values, get, len, in, for, `c[k]` (which "
        "becomes get with 0). What is counted is no dict: a sequence, a comprehension or an iter(). Refused: "
        "closures, in a try or with, comments inside."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})
    invents_names: ClassVar[bool] = True
    undoes: ClassVar[frozenset[str]] = frozenset({"manual_to_counter"})

    def candidates(self, program: Program) -> Iterator[cst.SimpleStatementLine]:
        """Lines that count."""
        if "Counter" not in program.names:
            return
        for line in program.nodes(cst.SimpleStatementLine):
            if program.function_of(line) is not None and _counted(program, line) is not None:
                yield line

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the dict and the loop in the place of the line."""
        assert isinstance(node, cst.SimpleStatementLine)
        found = _counted(program, node)
        assert found is not None
        name, source, reads = found
        item = program.fresh(*_ITEMS)
        begin = simple(program, f"{name} = {{}}").with_changes(
            leading_lines=node.leading_lines, trailing_whitespace=node.trailing_whitespace
        )
        step = simple(program, f"{name}[{item}] = {name}.get({item}, 0) + 1")
        loop = compound(program, f"for {item} in {source}:", [step])
        edits: dict[cst.CSTNode, Replacement] = {node: cst.FlattenSentinel([begin, loop])}
        for read in reads:
            index = read.slice[0].slice
            assert isinstance(index, cst.Index)
            edits[read] = cst.parse_expression(f"{name}.get({text(program, index.value, 1)}, 0)")
        return replace(program, edits)


def _counted(program: Program, line: cst.SimpleStatementLine) -> tuple[str, str, list[cst.Subscript]] | None:
    """The variable, text of what is counted, and the reads that become get."""
    assign = only_statement(line)
    if not isinstance(assign, cst.Assign) or len(assign.targets) != 1 or has_comment(program, assign):
        return None
    target, value, scope = assign.targets[0].target, assign.value, program.scope(line)
    if not isinstance(target, cst.Name) or scope is None or not is_local(program, scope, target.value):
        return None
    binding = find_binding(program, scope, target.value)
    if not binding.is_plain or is_captured(program, binding) or in_try(program, line):
        return None
    reads: list[cst.Subscript] = []
    if program.calls_builtin(value, "dict") and isinstance(value, cst.Call) and len(value.args) == 1:
        value = value.args[0].value
    else:
        if binding.stores != (target,):
            return None
        for load, _ in binding.loads:
            read = _asked(program, load)
            if read is None:
                return None
            reads += [read] if isinstance(read, cst.Subscript) else []
    source = _source(program, value)
    if source is None or any(name.value == target.value for name in program.nodes_within(value, cst.Name)):
        return None
    return target.value, source, reads


def _source(program: Program, call: cst.BaseExpression) -> str | None:
    """Text of what a Counter counts, where it surely takes it item by item."""
    if not isinstance(call, cst.Call) or not is_from(program, call.func, "collections", "Counter"):
        return None
    if len(call.args) != 1 or call.args[0].star or call.args[0].keyword is not None:
        return None
    items = call.args[0].value
    if program.calls_builtin(items, "iter") and isinstance(items, cst.Call) and len(items.args) == 1:
        return text(program, items.args[0].value, 1)
    is_comprehension = isinstance(items, cst.GeneratorExp | cst.ListComp)
    if not is_comprehension and not program.types.is_only(items, SEQUENCE | {"set"}):
        return None
    source = text(program, items, 1)
    return source if "\n" not in source else None


def _asked(program: Program, load: cst.Name) -> cst.CSTNode | None:
    """The question that a use of a Counter is; a subscript where a dict would answer it otherwise."""
    parent = program.parent(load)
    if isinstance(parent, cst.Attribute) and parent.attr.value in _READING:
        return parent if isinstance(program.parent(parent), cst.Call) else None
    if isinstance(parent, cst.Arg):
        call = program.parent(parent)
        return parent if call is not None and program.calls_builtin(call, "len", "sorted", "list") else None
    if isinstance(parent, cst.ComparisonTarget):
        return parent if isinstance(parent.operator, cst.In | cst.NotIn) else None
    if isinstance(parent, cst.For | cst.CompFor):
        return parent if parent.iter is load else None
    if not isinstance(parent, cst.Subscript) or parent.value is not load or len(parent.slice) != 1:
        return None
    outer = program.parent(parent)
    while isinstance(outer, cst.BaseElement | cst.Tuple | cst.List):
        outer = program.parent(outer)
    is_stored = isinstance(outer, cst.AssignTarget | cst.AugAssign | cst.Del)
    if isinstance(outer, cst.For | cst.CompFor):
        is_stored = not program.encloses(outer.iter, parent)
    in_string = any(isinstance(one, cst.FormattedString) for one in program.ancestors(parent))
    is_index = isinstance(parent.slice[0].slice, cst.Index)
    return parent if is_index and not is_stored and not in_string else None
