"""A chain of comparisons with constants becomes `match`."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.branches import place_of, put, without_blank
from variants.rewriting.chains import Chain, find_chain
from variants.rewriting.edits import block_of, has_comment
from variants.rewriting.expressions import text
from variants.transform import Change, Family, Parameters, Transform


class IfToMatch(Transform):
    """Distinguishes the values of one thing by cases."""

    name: ClassVar[str] = "if_to_match"
    family: ClassVar[Family] = "conditions"
    description: ClassVar[str] = "`if x == 1: ... elif x == 2: ... else: ...` becomes `match x:` with cases"
    preconditions: ClassVar[str] = (
        "All branches of an if, and of the ifs after it where its branches leave, compare the same local "
        "name, or an expression that changes nothing in a program without types of its own, with number or "
        "string literals by ==, in a tuple or joined by or; with None, True and False by is. Refused: one "
        "branch without else, or for None, comments inside a condition."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})

    def candidates(self, program: Program) -> Iterator[cst.If]:
        """Chains about one thing."""
        for node in program.nodes(cst.If):
            found = find_chain(program, node)
            if found is None or (len(found.arms) == 1 and not _is_worth_it(found)):
                continue
            if not any(has_comment(program, arm.branch.test) for arm in found.arms):
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the match in the place of the chain."""
        assert isinstance(node, cst.If)
        found = find_chain(program, node)
        place = place_of(program, node)
        assert found is not None
        assert place is not None
        whole = _match(program, found).with_changes(leading_lines=node.leading_lines)
        return put(program, place[0], (place[1], place[1] + found.size), [whole])


def _is_worth_it(chain: Chain) -> bool:
    """Whether a person could write a chain of one branch as a match."""
    return chain.orelse is not None and not any(isinstance(value, cst.Name) for value in chain.arms[0].values)


def _match(program: Program, chain: Chain) -> cst.Match:
    patterns = [" | ".join(text(program, value) for value in arm.values) for arm in chain.arms]
    branches: list[cst.If | cst.Else] = [arm.branch for arm in chain.arms]
    if chain.orelse is not None:
        patterns.append("_")
        branches.append(chain.orelse)
    cases = "".join(f"    case {pattern}:\n        pass\n" for pattern in patterns)
    skeleton = cst.parse_statement(f"match {text(program, chain.subject)}:\n{cases}", config=program.parsing)
    assert isinstance(skeleton, cst.Match)
    filled = [
        case.with_changes(
            body=block_of(branch.body), leading_lines=without_blank(branch.leading_lines) if number else ()
        )
        for number, (case, branch) in enumerate(zip(skeleton.cases, branches, strict=True))
    ]
    return skeleton.with_changes(cases=filled)
