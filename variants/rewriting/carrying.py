"""Where an assignment could be made inside the test of the `if` that follows it."""

import libcst as cst

from variants.analysis.bindings import is_local
from variants.analysis.program import Program
from variants.rewriting.edits import only_statement
from variants.rewriting.evaluation import can_change_places, is_disturbing, mentions, parts_of
from variants.rewriting.neighbours import next_statement


def find_reader(program: Program, line: cst.SimpleStatementLine) -> cst.Name | None:
    """The first read of an assigned variable in the test of the next statement, if it can assign it."""
    assign, following = only_statement(line), next_statement(program, line)
    if not isinstance(assign, cst.Assign) or len(assign.targets) != 1 or not isinstance(following, cst.If):
        return None
    target = assign.targets[0].target
    if not isinstance(target, cst.Name) or is_disturbing(program, assign):
        return None
    if not is_local(program, program.scope(target), target.value):
        return None
    for part in parts_of(following):
        if isinstance(part.node, cst.Name) and part.node.value == target.value:
            if _is_walked_by_comprehension(program, part.node, following):
                return None
            if any(mentions(program, other, target.value) for other in part.before):
                return None
            is_free = not part.before or can_change_places(program, part.before, assign.value)
            return part.node if is_free else None
    return None


def _is_walked_by_comprehension(program: Program, reader: cst.Name, statement: cst.If) -> bool:
    """Whether a name belongs to what a comprehension runs over, where Python allows no walrus."""
    return any(
        isinstance(outer, cst.BaseComp) and program.encloses(statement, outer)
        for outer in program.ancestors(reader)
    )
