"""A loop over a range whose order does not matter runs backwards."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.bindings import find_binding, is_captured
from variants.analysis.inference import WHOLE
from variants.analysis.program import Program
from variants.rewriting.edits import block_of, has_comment, only_statement, replace
from variants.rewriting.expressions import COMPARISON, text
from variants.rewriting.gathering import is_guarded, may_stop
from variants.rewriting.independence import fail_alike, is_constant, raised_by
from variants.rewriting.loops import is_changed, is_forgotten
from variants.transform import Change, Family, Parameters, Transform

_FOLDS = ("sum", "any", "all", "max", "min", "set", "len")


class ReverseRange(Transform):
    """Counts down instead of up."""

    name: ClassVar[str] = "reverse_range"
    family: ClassVar[Family] = "loops"
    description: ClassVar[str] = (
        "`for i in range(n): total += i` becomes `for i in range(n - 1, -1, -1): ...`"
    )
    preconditions: ClassVar[str] = (
        "A for over a range of step 1 in which each round only adds ints to variables or counts, under "
        "conditions, or returns one and the same literal; or a generator or list of ints or truths over such "
        "a range that goes into sum, any, all, max or min. A round changes nothing else, and can fail in one "
        "way only, or not at all where one ends the loop. Refused: break, continue, else, variables that a "
        "round reads, comments in the header."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure", "steps"})

    def candidates(self, program: Program) -> Iterator[cst.For | cst.CompFor]:
        """Ranges that can be gone through the other way round."""
        if not program.has_plain_types or not program.is_builtin("range"):
            return
        for node in program.nodes(cst.For, cst.CompFor):
            assert isinstance(node, cst.For | cst.CompFor)
            if program.function_of(node) is None or _backwards(program, node) is None:
                continue
            if _is_free(program, node) if isinstance(node, cst.For) else _is_folded(program, node):
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the reversed range in the place of the range."""
        assert isinstance(node, cst.For | cst.CompFor)
        new = _backwards(program, node)
        assert new is not None
        return replace(program, {node.iter: cst.parse_expression(new)})


def _backwards(program: Program, node: cst.For | cst.CompFor) -> str | None:
    """Text of the range from its end to its start."""
    call = node.iter
    if (
        not program.calls_builtin(call, "range")
        or not isinstance(call, cst.Call)
        or has_comment(program, call)
    ):
        return None
    if not 1 <= len(call.args) <= 2 or any(
        argument.star or argument.keyword is not None for argument in call.args
    ):
        return None
    values = [argument.value for argument in call.args]
    if not all(_fails_alike(program, value) for value in values):
        return None
    end = _less_one(program, values[-1])
    start = "-1" if len(values) == 1 else _less_one(program, values[0])
    return f"range({end}, {start}, -1)"


def _fails_alike(program: Program, value: cst.BaseExpression) -> bool:
    """Whether a bound that is no int is a TypeError both ways: of the range, or of the 1 taken off."""
    if isinstance(value, cst.Integer):
        return True
    if isinstance(value, cst.BinaryOperation):
        sides = (value.left, value.right)
        is_sum = isinstance(value.operator, cst.Add | cst.Subtract)
        return is_sum and all(_fails_alike(program, side) for side in sides)
    if program.calls_builtin(value, "len") and isinstance(value, cst.Call) and len(value.args) == 1:
        argument = value.args[0]
        return (
            not argument.star and isinstance(argument.value, cst.Name) and _has_value(program, argument.value)
        )
    return isinstance(value, cst.Name) and _has_value(program, value)


def _has_value(program: Program, node: cst.BaseExpression) -> bool:
    """Whether evaluating an expression changes nothing and never fails."""
    return not raised_by(program, node)


def _less_one(program: Program, value: cst.BaseExpression) -> str:
    if isinstance(value, cst.Integer):
        return str(value.evaluated_value - 1)
    if isinstance(value, cst.BinaryOperation) and isinstance(value.right, cst.Integer):
        number = value.right.evaluated_value
        left = text(program, value.left, COMPARISON + 5)
        if isinstance(value.operator, cst.Add):
            return left if number == 1 else f"{left} + {number - 1}" if number > 1 else f"{left} - 1"
        if isinstance(value.operator, cst.Subtract):
            return f"{left} - {number + 1}"
    return f"{text(program, value, COMPARISON + 5)} - 1"


def _is_free(program: Program, loop: cst.For) -> bool:
    """Whether nobody can tell in which order the rounds of a loop came."""
    if loop.orelse is not None or loop.asynchronous is not None or is_guarded(program, loop):
        return False
    if not isinstance(loop.target, cst.Name) or not is_forgotten(program, loop, loop.target):
        return False
    if is_changed(program, loop.body, loop.target):
        return False
    assert isinstance(loop.iter, cst.Call)
    if not all(is_constant(program, loop, argument) for argument in loop.iter.args):
        return False
    stored = {
        one.target.value
        for one in program.nodes_within(loop.body, cst.AugAssign)
        if isinstance(one.target, cst.Name)
    }
    returned = {
        program.text(one.value) if one.value is not None else "None"
        for one in program.nodes_within(loop.body, cst.Return)
    }
    if len(returned) > 1 or (returned and stored):
        return False
    failures = _round_failures(program, loop.body)
    if failures and (returned or not fail_alike(failures, failures)):
        return False  # a round that returns could come before or after one that fails
    return _adds_only(program, loop.body, stored)


def _round_failures(program: Program, node: cst.CSTNode) -> frozenset[str]:
    """What the conditions and the added values of a round can raise."""
    parts = [branch.test for branch in program.nodes_within(node, cst.If)]
    parts += [step.value for step in program.nodes_within(node, cst.AugAssign)]
    return frozenset[str]().union(*(raised_by(program, part) for part in parts))


def _adds_only(program: Program, suite: cst.BaseSuite, stored: set[str]) -> bool:
    """Whether statements only add ints to variables that they do not read, or return a literal."""
    return all(_is_sum(program, statement, stored) for statement in block_of(suite).body)


def _is_sum(program: Program, statement: cst.BaseStatement, stored: set[str]) -> bool:
    if isinstance(statement, cst.If):
        orelse = statement.orelse
        if not _is_calm(program, statement.test, stored) or not _adds_only(program, statement.body, stored):
            return False
        if isinstance(orelse, cst.If):
            return _is_sum(program, orelse, stored)
        return orelse is None or _adds_only(program, orelse.body, stored)
    small = only_statement(statement)
    if isinstance(small, cst.Return):
        literals = cst.Integer | cst.SimpleString | cst.Name
        is_word = not isinstance(small.value, cst.Name) or small.value.value in {"True", "False", "None"}
        return small.value is None or (isinstance(small.value, literals) and is_word)
    if not isinstance(small, cst.AugAssign) or not isinstance(
        small.operator, cst.AddAssign | cst.SubtractAssign
    ):
        return False
    if not isinstance(small.target, cst.Name) or not _is_calm(program, small.value, stored):
        return False
    scope = program.scope(small.target)
    if scope is None or not program.types.is_only(small.target, WHOLE):
        return False
    binding = find_binding(program, scope, small.target.value)
    is_own = binding.is_plain and not is_captured(program, binding) and _has_value(program, small.target)
    return is_own and program.types.is_only(small.value, WHOLE)


def _is_calm(program: Program, node: cst.BaseExpression, stored: set[str]) -> bool:
    """Whether an expression always has a value that does not depend on the rounds before."""
    names = {name.value for name in program.nodes_within(node, cst.Name)}
    return "any" not in raised_by(program, node) and not names & stored


def _is_folded(program: Program, clause: cst.CompFor) -> bool:
    """Whether a comprehension hands ints or truths to a builtin that takes them in any order."""
    source = program.parent(clause)
    if not isinstance(source, cst.GeneratorExp | cst.ListComp | cst.SetComp) or may_stop(program):
        return False
    if (
        clause.inner_for_in is not None
        or clause.asynchronous is not None
        or not isinstance(clause.target, cst.Name)
    ):
        return False
    argument = program.parent(source)
    call = program.parent(argument) if isinstance(argument, cst.Arg) else None
    if (
        call is None
        or not isinstance(call, cst.Call)
        or len(call.args) != 1
        or not program.calls_builtin(call, *_FOLDS)
    ):
        return False
    parts = [source.elt, *(condition.test for condition in clause.ifs)]
    failures = frozenset[str]().union(*(raised_by(program, part) for part in parts))
    if failures and (program.calls_builtin(call, "any", "all") or not fail_alike(failures, failures)):
        return False
    is_truth = program.calls_builtin(call, "any", "all", "len")
    # bool and int are equal, so that max, min and set could give the other one of the two.
    return is_truth or program.types.is_only(source.elt, frozenset({"int"}))
