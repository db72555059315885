"""The clauses of a comprehension as nested loops, with variables that meet no other name."""

from collections.abc import Iterator, Sequence

import libcst as cst

from variants.analysis.bindings import Comprehension, find_binding, find_owner, is_captured, is_printed
from variants.analysis.program import Program
from variants.analysis.scopes import ComprehensionScope
from variants.analysis.tree import Replacement, rebuild
from variants.rewriting.edits import compound
from variants.rewriting.expressions import AND, text
from variants.rewriting.loops import Statement


def is_unrollable(program: Program, comprehension: Comprehension) -> bool:
    """Whether the comprehension runs at once, binds plain names, and nothing keeps them for later."""
    clauses = list(_clauses(comprehension))
    if any(clause.asynchronous is not None for clause in clauses):
        return False
    if any(
        program.encloses(comprehension, node) for node in program.nodes(cst.NamedExpr, cst.Await, cst.Yield)
    ):
        return False
    scope = _scope(program, comprehension)
    targets = [name for clause in clauses for name in _target_names(clause.target)]
    if None in targets:
        return False
    bindings = [find_binding(program, scope, name) for name in targets if name is not None]
    return not any(
        is_captured(program, binding) or any(is_printed(program, name) for name in binding.occurrences)
        for binding in bindings
    )


def with_own_names(program: Program, comprehension: Comprehension) -> Comprehension:
    """The comprehension with those variables renamed that would overwrite or hide another name."""
    scope = _scope(program, comprehension)
    replacements: dict[cst.CSTNode, Replacement] = {}
    given: list[str] = []
    for name in sorted({assignment.name for assignment in scope.assignments}):
        if _meets_another(program, comprehension, name):
            given.append(program.fresh("item", "element", "entry", "member", avoid=given))
            binding = find_binding(program, scope, name)
            replacements.update({old: cst.Name(given[-1]) for old in binding.occurrences})
    renamed = rebuild(comprehension, replacements)
    assert isinstance(renamed, Comprehension)
    return renamed


def nest(program: Program, clause: cst.CompFor, innermost: Sequence[Statement]) -> Statement:
    """The clause, and those in it, as loops and conditions round the innermost statements."""
    inner: Sequence[Statement] = innermost
    if clause.inner_for_in is not None:
        inner = [nest(program, clause.inner_for_in, innermost)]
    if clause.ifs:
        tests = [condition.test for condition in clause.ifs]
        level = AND if len(tests) > 1 else 0
        inner = [
            compound(program, f"if {' and '.join(text(program, test, level) for test in tests)}:", inner)
        ]
    return compound(program, f"for {program.text(clause.target)} in {text(program, clause.iter)}:", inner)


def _clauses(comprehension: Comprehension) -> Iterator[cst.CompFor]:
    clause: cst.CompFor | None = comprehension.for_in
    while clause is not None:
        yield clause
        clause = clause.inner_for_in


def _scope(program: Program, comprehension: Comprehension) -> ComprehensionScope:
    body = comprehension.key if isinstance(comprehension, cst.DictComp) else comprehension.elt
    scope = program.scope(body)
    while scope is not None and not (isinstance(scope, ComprehensionScope) and scope.node is comprehension):
        scope = scope.parent
    assert isinstance(scope, ComprehensionScope)
    return scope


def _target_names(target: cst.BaseExpression) -> Iterator[str | None]:
    """The names in a target; None for a part that is no name."""
    if isinstance(target, cst.Name):
        yield target.value
    elif isinstance(target, cst.Tuple | cst.List):
        for element in target.elements:
            yield from _target_names(element.value)
    else:
        yield None


def _meets_another(program: Program, comprehension: Comprehension, name: str) -> bool:
    """Whether the function uses the name for anything but variables of comprehensions."""
    function = program.function_of(comprehension)
    assert function is not None
    if name in program.shared_names:
        return True
    return any(
        node.value == name
        and program.encloses(function, node)
        and not _belongs_to_comprehension(program, node)
        for node in program.nodes(cst.Name)
    )


def _belongs_to_comprehension(program: Program, node: cst.Name) -> bool:
    parent = program.parent(node)
    if (isinstance(parent, cst.Attribute) and parent.attr is node) or (
        isinstance(parent, cst.Arg) and parent.keyword is node
    ):
        return True  # not a variable at all
    scope = program.scope(node)
    return scope is not None and isinstance(find_owner(scope, node.value), ComprehensionScope)
