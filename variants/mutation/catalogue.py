"""Every mutant of a program, by the operators of mutation analysis.

The operators are those of the field (DeMillo, Lipton and Sayward 1978, "Hints on test data selection"; for
Python, Derezińska and Hałas 2014, "Analysis of mutation operators for the Python language"): numbers, bounds
and indices off by one, operators and arguments exchanged, conditions negated, statements left out.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from variants.analysis.program import ProgramError
from variants.mutation import expressions, statements
from variants.mutation.places import Place, places

Operator = Callable[[Place], Iterator[ast.AST]]

#: The operators by name, the special before the general: the first that makes a text gives it its name.
OPERATORS: Mapping[str, Operator] = {
    operator.__name__: operator
    for operator in (
        expressions.range_bound,
        expressions.index_off_by_one,
        expressions.slice_bound,
        expressions.constant_off_by_one,
        expressions.constant_replaced,
        expressions.condition_negated,
        expressions.comparison_strictness,
        expressions.comparison_swapped,
        expressions.arithmetic_swapped,
        expressions.operands_swapped,
        expressions.boolean_swapped,
        expressions.boolean_operand_dropped,
        expressions.unary_dropped,
        expressions.filter_dropped,
        expressions.arguments_swapped,
        expressions.argument_dropped,
        expressions.call_swapped,
        statements.statement_dropped,
        statements.jump_swapped,
        statements.value_dropped,
        statements.augmented_to_assignment,
        statements.else_dropped,
        statements.loop_once,
    )
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A program with one fault.

    Attributes:
        code: Its text: the original in Python's normal form (`ast.unparse`), with one place changed.
        operator: Name of the operator that changed it.
        line: The line of the original on which the changed place begins, counted from 1.
    """

    code: str
    operator: str
    line: int


def mutants(code: str, entry_point: str) -> tuple[Mutant, ...]:
    """All mutants of a program, in source order; no two have the same text.

    Changed is what a call of the entry point may run: the function itself, and the functions, classes and
    constants that it names, directly or through others. Many are equivalent to the original, or to each
    other; only running tells.

    Raises:
        ProgramError: The program does not parse, or does not define the entry point.
    """
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError) as error:
        raise ProgramError(f"the program does not parse: {error}; give valid Python text") from error
    found: dict[str, Mutant] = {}
    seen = {ast.unparse(tree)}
    for statement in _reached(tree, entry_point):
        for place in places(statement, line=statement.lineno):
            for name, operator in OPERATORS.items():
                for node in operator(place):
                    text = _with(tree, place, node)
                    if text not in seen and _compiles(text):
                        seen.add(text)
                        found[text] = Mutant(text, name, place.line)
    return tuple(found.values())


def _with(tree: ast.Module, place: Place, node: ast.AST) -> str:
    """The text of the tree with another node in one place; the tree stays as it was."""
    place.put(node)
    try:
        return ast.unparse(ast.fix_missing_locations(tree))
    finally:
        place.put(place.node)


def _compiles(text: str) -> bool:
    """Whether Python takes a text: not every node may stand everywhere."""
    try:
        compile(text, "<mutant>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _reached(tree: ast.Module, entry_point: str) -> list[ast.stmt]:
    """The statements of a module that define the entry point and what it needs, in source order."""
    binding: dict[str, list[ast.stmt]] = {}
    for statement in tree.body:
        for name in _bound_by(statement):
            binding.setdefault(name, []).append(statement)
    if entry_point not in binding:
        raise ProgramError(f"the program defines no {entry_point}; name one of its functions")
    reached: set[ast.stmt] = set()
    names = [entry_point]
    while names:
        for statement in binding.pop(names.pop(), ()):
            if statement not in reached:
                reached.add(statement)
                names += [node.id for node in ast.walk(statement) if isinstance(node, ast.Name)]
    return [statement for statement in tree.body if statement in reached]


def _bound_by(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [statement.name]
    if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
        stored = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
        return [node.id for node in stored if isinstance(node.ctx, ast.Store)]
    return []
