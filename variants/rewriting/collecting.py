"""The statements that collect step by step what a comprehension collects at once."""

from dataclasses import replace

import libcst as cst

from variants.analysis.bindings import find_binding, is_captured, is_local
from variants.analysis.program import Program
from variants.rewriting.accumulation import Accumulation, Kind
from variants.rewriting.edits import compound, simple
from variants.rewriting.expressions import negation, text
from variants.rewriting.loops import Statement
from variants.rewriting.unrolling import nest, with_own_names

_BEGINNINGS: dict[Kind, str] = {
    "list": "[]",
    "set": "set()",
    "dict": "{}",
    "sum": "0",
    "any": "False",
    "all": "True",
    "text": '""',
}
_NAMES: dict[Kind, tuple[str, ...]] = {
    "list": ("result", "items", "collected"),
    "set": ("unique", "result"),
    "dict": ("mapping", "result"),
    "sum": ("total", "amount"),
    "any": ("found", "result"),
    "all": ("holds", "result"),
    "text": ("text", "joined", "built", "combined", "assembled", "string"),
}


def accumulate(program: Program, found: Accumulation) -> list[Statement]:
    """The statements that do what the statement with the comprehension does."""
    own = replace(found, comprehension=with_own_names(program, found.comprehension))
    if own.kind in {"any", "all"} and isinstance(own.statement, cst.Return):
        return _search_and_return(program, own)
    name = _own_target(program, found) or program.fresh(*_NAMES[own.kind])
    begin = simple(program, f"{name} = {_BEGINNINGS[own.kind]}")
    loop = nest(program, own.comprehension.for_in, _steps(program, own, name))
    last = f"{_assigned(program, own)}{own.before}{name}{own.after}"
    return [begin, loop] if last == f"{name} = {name}" else [begin, loop, simple(program, last)]


def _assigned(program: Program, found: Accumulation) -> str:
    if isinstance(found.statement, cst.Return):
        return "return "
    return "".join(f"{program.text(target.target)} = " for target in found.statement.targets)


def _own_target(program: Program, found: Accumulation) -> str | None:
    """The assigned variable, where nothing can see it while it is being built up."""
    if found.after or not isinstance(found.statement, cst.Assign) or len(found.statement.targets) != 1:
        return None
    target = found.statement.targets[0].target
    scope = program.scope(found.statement)
    if not isinstance(target, cst.Name) or scope is None or not is_local(program, scope, target.value):
        return None
    binding = find_binding(program, scope, target.value)
    in_reach = [node for node in program.nodes(cst.Name) if program.encloses(found.comprehension, node)]
    is_mentioned = any(node.value == target.value for node in in_reach)
    is_guarded = any(isinstance(node, cst.Try | cst.TryStar | cst.With) for node in program.ancestors(target))
    if is_mentioned or is_guarded or not binding.is_plain or is_captured(program, binding):
        return None
    return target.value


def _steps(program: Program, found: Accumulation, name: str) -> list[Statement]:
    """What happens for one element."""
    source = found.comprehension
    if isinstance(source, cst.DictComp):
        return _store_item(program, source, name)
    if found.kind in {"any", "all"}:
        return _stop_early(program, found, [simple(program, f"{name} = {found.kind == 'any'}")])
    element = text(program, source.elt)
    step = {
        "list": f"{name}.append({element})",
        "set": f"{name}.add({element})",
        "sum": f"{name} += {element}",
        "text": f"{name} += {element}",
    }
    return [simple(program, step[found.kind])]


def _store_item(program: Program, source: cst.DictComp, name: str) -> list[Statement]:
    key, value = text(program, source.key), text(program, source.value)
    simplest = cst.Name | cst.Integer | cst.SimpleString
    if isinstance(source.key, simplest) or isinstance(source.value, simplest):
        return [simple(program, f"{name}[{key}] = {value}")]
    # A comprehension evaluates the key first, an assignment the value.
    key_name = program.fresh("key", "label")
    return [simple(program, f"{key_name} = {key}"), simple(program, f"{name}[{key_name}] = {value}")]


def _stop_early(program: Program, found: Accumulation, reaction: list[Statement]) -> list[Statement]:
    source = found.comprehension
    assert isinstance(source, cst.GeneratorExp)
    condition = text(program, source.elt) if found.kind == "any" else negation(program, source.elt)
    leave = [] if isinstance(found.statement, cst.Return) else [simple(program, "break")]
    return [compound(program, f"if {condition}:", [*reaction, *leave])]


def _search_and_return(program: Program, found: Accumulation) -> list[Statement]:
    hit, miss = (found.kind == "any"), (found.kind != "any")
    steps = _stop_early(program, found, [simple(program, f"return {hit}")])
    return [nest(program, found.comprehension.for_in, steps), simple(program, f"return {miss}")]
