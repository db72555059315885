"""Statements of a function move into a function of their own."""

import random
from collections.abc import Collection, Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.analysis.tree import rebuild
from variants.rewriting.branches import lines_above, place_of, with_lines, without_gap
from variants.rewriting.edits import replace, simple
from variants.rewriting.extraction import Run, runs_from
from variants.rewriting.functions import new_function, put_before, top_function
from variants.site import Site
from variants.transform import Change, Family, Parameters, Transform

_SIZE = "size"
_STATEMENTS = (cst.SimpleStatementLine, cst.If, cst.For, cst.While, cst.With, cst.Try, cst.Match)
_VERBS = ("compute", "update", "work_out", "derive", "advance", "process", "build", "refresh")
_NAMES = ("finish", "process", "do_work", "handle", "complete", "proceed", "work_through", "carry_on")


class ExtractHelper(Transform):
    """Calls a new function for what some statements do."""

    name: ClassVar[str] = "extract_helper"
    family: ClassVar[Family] = "calls"
    description: ClassVar[str] = "some statements of a function become a helper function that is called there"
    preconditions: ClassVar[str] = (
        "The statements follow each other in a function that the module defines. All variables that they "
        "need surely have a value before them, all that are wanted after them surely have one then; at most "
        "five go in and three come out. A return stands in them only where nothing follows. Refused: yield, "
        "await, break and continue of a loop around them, walrus, del, definitions, imports, global names; "
        "variables that a closure reads on the other side; in a try or with; generators that could tell."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})
    invents_names: ClassVar[bool] = True

    def candidates(self, program: Program) -> Iterator[cst.BaseStatement]:
        """Statements that such a run begins with."""
        for node in program.nodes(*_STATEMENTS):
            assert isinstance(node, cst.BaseStatement)
            if next(runs_from(program, node), None) is not None:
                yield node

    def choose(
        self, program: Program, site: Site, rng: random.Random, protected: Collection[str] = ()
    ) -> Parameters | None:
        """Draw how many statements move, and the name."""
        first = self.node_at(program, site)
        assert isinstance(first, cst.BaseStatement)
        run = rng.choice(list(runs_from(program, first)))
        return ((_SIZE, str(len(run.statements))), *(super().choose(program, site, rng, protected) or ()))

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the helper before the function and a call in the place of the statements."""
        assert isinstance(node, cst.BaseStatement)
        runs = list(runs_from(program, node))
        size = int(dict(parameters).get(_SIZE, "0"))
        run = next((run for run in runs if len(run.statements) == size), runs[-1])
        function, place = top_function(program, node), place_of(program, node)
        assert function is not None
        assert place is not None
        name = program.fresh(*_names(run))
        call = with_lines(simple(program, _call(run, name)), lines_above(node))
        body = without_gap([with_lines(run.statements[0], ()), *run.statements[1:]])
        if run.outputs:
            body.append(simple(program, f"return {', '.join(run.outputs)}"))
        block, start = place
        statements = [*block.body[:start], call, *block.body[start + len(run.statements) :]]
        changed = rebuild(function, {block: block.with_changes(body=statements)})
        assert isinstance(changed, cst.FunctionDef)
        helper = new_function(program, name, run.inputs, body)
        return replace(program, {function: cst.FlattenSentinel(put_before(function, helper, changed))})


def _names(run: Run) -> list[str]:
    if not run.outputs:
        return list(_NAMES)
    return [f"{verb}_{'_and_'.join(run.outputs[:2])}" for verb in _VERBS]


def _call(run: Run, name: str) -> str:
    call = f"{name}({', '.join(run.inputs)})"
    if run.returns:
        return f"return {call}"
    return f"{', '.join(run.outputs)} = {call}" if run.outputs else call
