"""Calls of a program's own functions, and what has to hold for their bodies to take the calls' place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import libcst as cst

from variants.analysis.bindings import Binding, captures, find_binding, find_owner, is_printed
from variants.analysis.bound import is_surely_bound
from variants.analysis.program import Program
from variants.analysis.purity import is_literal
from variants.analysis.scopes import ComprehensionScope, GlobalScope
from variants.analysis.tree import Replacement, rebuild
from variants.rewriting.branches import only_part
from variants.rewriting.edits import has_comment
from variants.rewriting.evaluation import fitted, is_disturbing
from variants.rewriting.functions import is_ordinary, notices_end, parameters_of

_UNMOVABLE = (
    *(cst.FunctionDef, cst.ClassDef, cst.Lambda, cst.Global, cst.Nonlocal, cst.Import, cst.ImportFrom),
    *(cst.Del, cst.NamedExpr, cst.Yield, cst.Await, cst.Try, cst.TryStar, cst.With),
)
_LONGEST = 20


@dataclass(frozen=True, slots=True)
class Inlining:
    """A call whose function is known.

    Attributes:
        call: The call.
        helper: The function.
        body: What the function does, without its docstring.
        given: Its parameters, each with the argument.
    """

    call: cst.Call
    helper: cst.FunctionDef
    body: tuple[cst.BaseStatement, ...]
    given: tuple[tuple[str, cst.BaseExpression], ...]

    @property
    def value(self) -> cst.BaseExpression | None:
        """The expression, where the function does nothing but return one."""
        block = cst.IndentedBlock(body=self.body)
        part = only_part(block)
        return part.value if isinstance(part, cst.Return) else None


def find_inlining(program: Program, call: cst.Call) -> Inlining | None:
    """The function that a call runs, if it is simple and means the same in the caller; else None."""
    caller = program.function_of(call)
    helper = _helper(program, call.func.value) if isinstance(call.func, cst.Name) else None
    if helper is None or caller is None or program.encloses(helper, call):
        return None
    parameters = parameters_of(helper)
    if parameters is None or len(parameters) != len(call.args) or has_comment(program, call):
        return None
    if any(argument.star or argument.keyword is not None for argument in call.args):
        return None
    if any(is_disturbing(program, argument.value) for argument in call.args):
        return None
    body = list(helper.body.body)
    if helper.get_docstring() is not None:
        body = body[1:]
    statements = tuple(statement for statement in body if isinstance(statement, cst.BaseStatement))
    if not statements or not _means_the_same(program, helper, call):
        return None
    given = tuple((p.name.value, a.value) for p, a in zip(parameters, call.args, strict=True))
    return Inlining(call, helper, statements, given)


@lru_cache(maxsize=256)
def _helper(program: Program, name: str) -> cst.FunctionDef | None:
    """The top-level function of that name whose body can be moved."""
    bound = [
        assignment for scope in program.scopes for assignment in scope.assignments if assignment.name == name
    ]
    if len(bound) != 1 or name in program.shared_names or notices_end(program):
        return None
    helper = bound[0].node
    if not isinstance(helper, cst.FunctionDef) or not isinstance(program.parent(helper), cst.Module):
        return None
    if (
        helper.decorators
        or not is_ordinary(program, helper)
        or not isinstance(helper.body, cst.IndentedBlock)
    ):
        return None
    if program.nodes_within(helper.body, *_UNMOVABLE) or len(helper.body.body) > _LONGEST:
        return None
    is_recursive = any(use.value == name for use in program.nodes_within(helper.body, cst.Name))
    return (
        None
        if is_recursive or not all(_is_private(program, b) for b in bindings_of(program, helper))
        else helper
    )


def bindings_of(program: Program, function: cst.FunctionDef) -> Iterator[Binding]:
    """The variables of a function."""
    inner = program.scope(function.body)
    assert inner is not None
    for name in sorted({assignment.name for assignment in inner.assignments}):
        yield find_binding(program, inner, name)


def _is_private(program: Program, binding: Binding) -> bool:
    """Whether nobody else reads the variable, and it always has a value where it is read."""
    if not binding.is_plain or captures(program, binding) or binding.name in program.shared_names:
        return False
    if any(is_printed(program, name) for name in binding.occurrences):
        return False
    return all(is_surely_bound(program, load) for load, _ in binding.loads)


def _means_the_same(program: Program, helper: cst.FunctionDef, call: cst.Call) -> bool:
    """Whether the names that the function takes from outside mean the same where it is called."""
    here = program.scope(call)
    assert here is not None
    for name in program.nodes_within(helper.body, cst.Name):
        scope = program.scope(name)
        owner = find_owner(scope, name.value) if scope is not None else None
        if scope is None or (owner is not None and not isinstance(owner, GlobalScope)):
            continue
        if name.value in program.shared_names or find_owner(here, name.value) is not owner:
            return False
    return True


def inlined_value(program: Program, found: Inlining) -> cst.BaseExpression | None:
    """The returned expression with the arguments in the place of the parameters; None where that may show."""
    value = found.value
    if value is None or has_comment(program, value) or "\n" in program.text(value):
        return None
    if any(isinstance(outer, cst.FormattedString) for outer in program.ancestors(found.call)):
        return None  # up to Python 3.11 its own quotes cannot stand in an f-string
    inside = {name.value for name in program.nodes_within(value, cst.Name)} - {
        name for name, _ in found.given
    }
    for _, argument in found.given:
        if not _is_steady(program, argument):
            return None
        if any(name.value in inside for name in program.nodes_within(argument, cst.Name)):
            return None  # a variable of a comprehension would catch it
    arguments = dict(found.given)
    inner = program.scope(found.helper.body)
    edits: dict[cst.CSTNode, Replacement] = {
        name: fitted(program, name, arguments[name.value])
        for name in program.nodes_within(value, cst.Name)
        if name.value in arguments and (scope := program.scope(name)) is not None
        if find_owner(scope, name.value) is inner
    }
    is_formatted = any(
        isinstance(outer, cst.FormattedString) for name in edits for outer in program.ancestors(name)
    )
    if is_formatted and any(not isinstance(argument, cst.Name) for argument in arguments.values()):
        return None
    new = rebuild(value, edits)
    assert isinstance(new, cst.BaseExpression)
    return fitted(program, found.call, new)


def _is_steady(program: Program, argument: cst.BaseExpression) -> bool:
    if isinstance(argument, cst.Name) and not is_literal(argument):
        return argument.value not in program.shared_names and is_surely_bound(program, argument)
    return is_literal(argument)


def renamed_body(
    program: Program, found: Inlining
) -> tuple[list[tuple[str, cst.BaseExpression]], list[cst.BaseStatement]]:
    """What the parameters are assigned first, and the statements, with names that the caller does not use.

    A parameter that is never assigned to gives way to the variable or literal that is passed for it.
    """
    caller = program.function_of(found.call)
    assert caller is not None
    taken = {name.value for name in program.nodes_within(_outermost(program, caller), cst.Name)}
    arguments = dict(found.given)
    edits: dict[cst.CSTNode, Replacement] = {}
    names: dict[str, str] = {}
    caught = _caught_names(program, found.helper)
    for binding in bindings_of(program, found.helper):
        old, argument = binding.name, arguments.get(binding.name)
        is_kept = len(binding.stores) == 1 and argument is not None and _is_steady(program, argument)
        if is_kept and isinstance(argument, cst.Name) and argument.value not in caught:
            edits.update({load: cst.Name(argument.value) for load, _ in binding.loads})
            continue
        wishes = (f"inner_{old}", f"own_{old}", f"{old}_here")
        names[old] = program.fresh(*wishes, avoid=names.values()) if old in taken else old
        edits.update({use: cst.Name(names[old]) for use in binding.occurrences})
    assigned = [(names[old], argument) for old, argument in found.given if old in names]
    statements = [rebuild(statement, edits) for statement in found.body]
    return assigned, [statement for statement in statements if isinstance(statement, cst.BaseStatement)]


def _caught_names(program: Program, function: cst.FunctionDef) -> set[str]:
    """The names that mean a comprehension's own variable somewhere in a function."""
    return {
        assignment.name
        for scope in program.scopes
        if isinstance(scope, ComprehensionScope) and program.encloses(function, scope.node)
        for assignment in scope.assignments
    }


def _outermost(program: Program, function: cst.FunctionDef) -> cst.CSTNode:
    outer: cst.CSTNode = function
    for ancestor in program.ancestors(function):
        if isinstance(ancestor, cst.FunctionDef | cst.ClassDef):
            outer = ancestor
    return outer


def returns_of(program: Program, statements: Sequence[cst.BaseStatement]) -> list[cst.Return]:
    """The returns in a function's statements."""
    return [found for statement in statements for found in program.nodes_within(statement, cst.Return)]
