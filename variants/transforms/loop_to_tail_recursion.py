"""A loop becomes a function that calls itself for the next round."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.analysis.tree import rebuild
from variants.rewriting.branches import lines_above, with_lines
from variants.rewriting.edits import block_of, compound, has_comment, only_statement, replace, simple
from variants.rewriting.expressions import bare, text
from variants.rewriting.extraction import Run, runs_from
from variants.rewriting.functions import new_function, put_before, top_function
from variants.transform import Change, Family, Parameters, Transform

_NAMES = ("go_on", "next_round", "repeat", "step_through", "run_rounds", "keep_going", "again", "one_more")
_SHRINKING = (cst.FloorDivideAssign, cst.RightShiftAssign, cst.FloorDivide, cst.RightShift)
_ASKING = (cst.GreaterThan, cst.NotEqual, cst.GreaterThanEqual)


class LoopToTailRecursion(Transform):
    """Calls a function for each round, which calls itself for the next."""

    name: ClassVar[str] = "loop_to_tail_recursion"
    family: ClassVar[Family] = "control"
    description: ClassVar[str] = (
        "`while n > 0: ...; n //= 10` becomes a function that calls itself with n // 10"
    )
    preconditions: ClassVar[str] = (
        "The loop ends after few rounds: in each, the number that the condition asks for is "
        "divided by a literal of 2 or more, or it is Euclid's `a, b = b, a % b`. What it needs surely has a "
        "value before it; at most five values go in, three come out. Refused: break, continue and "
        "return in the loop, an else, what extract_helper refuses."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})
    invents_names: ClassVar[bool] = True
    undoes: ClassVar[frozenset[str]] = frozenset({"tail_recursion_to_loop"})

    def candidates(self, program: Program) -> Iterator[cst.While]:
        """Loops of few rounds."""
        for loop in program.nodes(cst.While):
            if _is_short(program, loop) and _run(program, loop) is not None:
                yield loop

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the function before the one that needs it, and a call in the place of the loop."""
        assert isinstance(node, cst.While)
        run, function = _run(program, node), top_function(program, node)
        assert run is not None
        assert function is not None
        name = program.fresh(*_NAMES)
        call = f"{name}({', '.join(run.inputs)})"
        result = ", ".join(run.outputs)
        again = simple(program, f"return {call}")
        block = block_of(node.body)
        rounds = compound(
            program,
            f"if {text(program, node.test)}:",
            block.with_changes(body=[*block.body, again], footer=()),
        )
        helper = new_function(program, name, run.inputs, [rounds, simple(program, f"return {result}")])
        line = with_lines(simple(program, f"{result} = {call}"), lines_above(node))
        changed = rebuild(function, {node: line})
        assert isinstance(changed, cst.FunctionDef)
        return replace(program, {function: cst.FlattenSentinel(put_before(function, helper, changed))})


def _run(program: Program, loop: cst.While) -> Run | None:
    """The loop as the body of a function, where something goes in and comes out."""
    if (
        loop.orelse is not None
        or has_comment(program, loop.test)
        or not isinstance(loop.body, cst.IndentedBlock)
    ):
        return None
    if program.nodes_within(loop, cst.Break, cst.Continue, cst.Return, cst.Lambda):
        return None
    run = next(runs_from(program, loop), None)
    return run if run is not None and len(run.statements) == 1 and run.inputs and run.outputs else None


def _is_short(program: Program, loop: cst.While) -> bool:
    """Whether the number of rounds grows with the digits of a number only."""
    name = _asked_name(loop.test)
    if name is None:
        return False
    stores = [
        target
        for target in program.nodes_within(loop, cst.AssignTarget, cst.AugAssign, cst.AnnAssign)
        if any(
            inner.value == name for inner in program.nodes_within(getattr(target, "target", target), cst.Name)
        )
    ]
    lines = [
        statement for statement in block_of(loop.body).body if isinstance(statement, cst.SimpleStatementLine)
    ]
    found = [line for line in lines if _shrinks(only_statement(line), name)]
    return len(found) == 1 and len(stores) == 1


def _asked_name(test: cst.BaseExpression) -> str | None:
    """The variable in `n`, `n > 0`, `n != 0` and `n >= 1`."""
    test = bare(test)
    if isinstance(test, cst.Comparison) and len(test.comparisons) == 1:
        target = test.comparisons[0]
        number = target.comparator
        if not isinstance(target.operator, _ASKING) or not isinstance(number, cst.Integer):
            return None
        least = 1 if isinstance(target.operator, cst.GreaterThanEqual) else 0
        if number.evaluated_value < least:
            return None
        if isinstance(target.operator, cst.NotEqual) and number.evaluated_value != 0:
            return None
        test = test.left
    return test.value if isinstance(test, cst.Name) else None


def _shrinks(statement: cst.BaseSmallStatement | None, name: str) -> bool:
    if isinstance(statement, cst.AugAssign):
        is_own = isinstance(statement.target, cst.Name) and statement.target.value == name
        return (
            is_own
            and isinstance(statement.operator, _SHRINKING)
            and _is_enough(statement.operator, statement.value)
        )
    if not isinstance(statement, cst.Assign) or len(statement.targets) != 1:
        return False
    target, value = statement.targets[0].target, statement.value
    if isinstance(target, cst.Name) and target.value == name and isinstance(value, cst.BinaryOperation):
        is_own = isinstance(value.left, cst.Name) and value.left.value == name
        return is_own and isinstance(value.operator, _SHRINKING) and _is_enough(value.operator, value.right)
    return _is_euclid(target, value, name)


def _is_enough(operator: cst.CSTNode, number: cst.BaseExpression) -> bool:
    least = 1 if isinstance(operator, cst.RightShift | cst.RightShiftAssign) else 2
    return isinstance(number, cst.Integer) and number.evaluated_value >= least


def _is_euclid(target: cst.BaseExpression, value: cst.BaseExpression, name: str) -> bool:
    """Whether it is `a, b = b, a % b` for the variable b."""
    if not isinstance(target, cst.Tuple) or not isinstance(value, cst.Tuple):
        return False
    names = [element.value for element in target.elements]
    values = [element.value for element in value.elements]
    if len(names) != 2 or len(values) != 2 or not isinstance(values[1], cst.BinaryOperation):
        return False
    rest = values[1]
    return (
        isinstance(names[1], cst.Name)
        and names[1].value == name
        and isinstance(rest.operator, cst.Modulo)
        and values[0].deep_equals(names[1])
        and rest.left.deep_equals(names[0])
        and rest.right.deep_equals(names[1])
    )
