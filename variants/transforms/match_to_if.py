"""`match` over constants becomes a chain of if and elif."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.analysis.purity import is_repeatable
from variants.rewriting.edits import compound, has_comment, replace_statement, simple
from variants.rewriting.expressions import AND, COMPARISON, bare, text
from variants.transform import Change, Family, Parameters, Transform


class MatchToIf(Transform):
    """Compares with one case after the other."""

    name: ClassVar[str] = "match_to_if"
    family: ClassVar[Family] = "conditions"
    description: ClassVar[str] = "`match x:` with constant cases becomes `if x == 1: ... elif x == 2: ...`"
    preconditions: ClassVar[str] = (
        "Cases are literals, alternatives of literals, or the wildcard, with or without a guard (None, True "
        "and False are compared by is). A subject that is no name is assigned to one first. Refused: "
        "patterns that bind names, a match with a wildcard only, comments in a pattern."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})
    invents_names: ClassVar[bool] = True

    def candidates(self, program: Program) -> Iterator[cst.Match]:
        """Matches with constant cases."""
        for node in program.nodes(cst.Match):
            if _is_wildcard(node.cases[0]) or any(_is_wildcard(case) for case in node.cases[:-1]):
                continue
            heads = [part for case in node.cases for part in (case.pattern, case.guard) if part is not None]
            if not any(has_comment(program, part) for part in heads):
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the chain in the place of the match."""
        assert isinstance(node, cst.Match)
        subject = bare(node.subject)
        before = []
        name = text(program, subject, COMPARISON + 1)
        if not isinstance(subject, cst.Name) or not is_repeatable(program, subject):
            name = program.fresh("value", "subject", "key", "kind", "case_value", "selected", "choice")
            before = [simple(program, f"{name} = {program.text(subject)}")]
        return replace_statement(program, node, [*before, _chain(program, name, node.cases)])


def _is_wildcard(case: cst.MatchCase) -> bool:
    pattern = case.pattern
    return isinstance(pattern, cst.MatchAs) and pattern.pattern is None and case.guard is None


def _chain(program: Program, name: str, cases: Sequence[cst.MatchCase]) -> cst.If:
    orelse: cst.If | cst.Else | None = None
    for number, case in reversed(list(enumerate(cases))):
        above = case.leading_lines if number else ()
        if _is_wildcard(case):
            orelse = cst.Else(body=case.body, leading_lines=above)
            continue
        branch = compound(program, f"if {_test(program, name, case)}:", [])
        assert isinstance(branch, cst.If)
        orelse = branch.with_changes(body=case.body, leading_lines=above, orelse=orelse)
    assert isinstance(orelse, cst.If)
    return orelse


def _test(program: Program, name: str, case: cst.MatchCase) -> str:
    """The condition that a case stands for."""
    pattern = case.pattern
    tests = []
    if isinstance(pattern, cst.MatchOr):
        parts = [_compared(program, name, element.pattern) for element in pattern.patterns]
        together = " or ".join(parts)
        if program.has_plain_types and all(f"{name} == " in part for part in parts):
            together = f"{name} in ({', '.join(part.removeprefix(f'{name} == ') for part in parts)})"
        tests = [together if case.guard is None or " in (" in together else f"({together})"]
    elif not isinstance(pattern, cst.MatchAs):
        tests = [_compared(program, name, pattern)]
    if case.guard is not None:
        tests.append(text(program, case.guard, AND if tests else 0))
    return " and ".join(tests)


def _compared(program: Program, name: str, pattern: cst.MatchPattern) -> str:
    if isinstance(pattern, cst.MatchSingleton):
        return f"{name} is {program.text(pattern.value)}"
    assert isinstance(pattern, cst.MatchValue)
    return f"{name} == {program.text(pattern.value)}"
