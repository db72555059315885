"""A lambda becomes a function with a name."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.bindings import find_owner
from variants.analysis.program import Program
from variants.analysis.scopes import ComprehensionScope
from variants.analysis.tree import rebuild
from variants.rewriting.edits import has_comment, only_statement, replace, simple
from variants.rewriting.expressions import text
from variants.rewriting.functions import new_function
from variants.transform import Change, Family, Parameters, Transform

_KEY_NAMES = ("sort_key", "order_key", "rank", "by_value", "criterion", "measure", "key_of", "weight")
_NAMES = (
    "function",
    "rule",
    "transform_item",
    "operation",
    "apply_rule",
    "convert",
    "mapping_rule",
    "action",
)
_REFLECTIVE = frozenset({"__name__", "__qualname__"})


class LambdaToDef(Transform):
    """Defines a function before the statement that used a lambda."""

    name: ClassVar[str] = "lambda_to_def"
    family: ClassVar[Family] = "calls"
    description: ClassVar[str] = "`sorted(xs, key=lambda x: -x)` gets its key from a `def` above it"
    preconditions: ClassVar[str] = (
        "The lambda stands in a function; its parameters have no defaults. Refused: a lambda in another "
        "one or in a comprehension whose variable it reads, walrus, await and yield in it, comments, "
        "programs that read the names of functions."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})
    invents_names: ClassVar[bool] = True
    undoes: ClassVar[frozenset[str]] = frozenset({"def_to_lambda"})

    def candidates(self, program: Program) -> Iterator[cst.Lambda]:
        """Lambdas that could stand above their statement."""
        if program.names.isdisjoint(_REFLECTIVE):
            for node in program.nodes(cst.Lambda):
                if _statement(program, node) is not None and _is_movable(program, node):
                    yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the function above the statement, and its name in the place of the lambda."""
        assert isinstance(node, cst.Lambda)
        statement = _statement(program, node)
        assert isinstance(statement, cst.SimpleStatementLine | cst.BaseCompoundStatement)
        own = _own_name(program, node)
        is_key = isinstance(program.parent(node), cst.Arg)
        name = own or program.fresh(*(_KEY_NAMES if is_key and _is_keyword(program, node) else _NAMES))
        made = new_function(program, name, (), [simple(program, f"return {text(program, node.body)}")])
        made = made.with_changes(params=node.params, leading_lines=statement.leading_lines)
        if own is not None:
            return replace(program, {statement: made})
        changed = rebuild(statement, {node: cst.Name(name)})
        assert isinstance(changed, cst.SimpleStatementLine | cst.BaseCompoundStatement)
        return replace(
            program, {statement: cst.FlattenSentinel([made, changed.with_changes(leading_lines=())])}
        )


def _statement(program: Program, node: cst.Lambda) -> cst.CSTNode | None:
    """The statement of a block that the lambda is part of, where it means the same above it."""
    if program.function_of(node) is None:
        return None
    for outer in program.ancestors(node):
        if isinstance(outer, cst.Lambda | cst.FunctionDef | cst.ClassDef):
            return None
        is_statement = isinstance(outer, cst.SimpleStatementLine | cst.BaseCompoundStatement)
        if is_statement and isinstance(program.parent(outer), cst.IndentedBlock):
            return outer
    return None


def _is_movable(program: Program, node: cst.Lambda) -> bool:
    given = node.params
    parameters = [*given.posonly_params, *given.params, *given.kwonly_params]
    if any(parameter.default is not None for parameter in parameters) or has_comment(program, node):
        return False
    if "\n" in program.text(node) or program.nodes_within(node, cst.NamedExpr, cst.Yield, cst.Await):
        return False
    for name in program.nodes_within(node, cst.Name):
        scope = program.scope(name)
        owner = find_owner(scope, name.value) if scope is not None else None
        if isinstance(owner, ComprehensionScope) and not program.encloses(node, owner.node):
            return False
    return True


def _own_name(program: Program, node: cst.Lambda) -> str | None:
    """The name that a line gives to the lambda and to nothing else."""
    assign = program.parent(node)
    line = program.parent(assign) if assign is not None else None
    if not isinstance(assign, cst.Assign) or line is None or only_statement(line) is not assign:
        return None
    target = assign.targets[0].target
    is_name = len(assign.targets) == 1 and isinstance(target, cst.Name) and assign.value is node
    return target.value if is_name and isinstance(target, cst.Name) else None


def _is_keyword(program: Program, node: cst.Lambda) -> bool:
    argument = program.parent(node)
    return isinstance(argument, cst.Arg) and argument.keyword is not None
