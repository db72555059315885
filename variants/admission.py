"""Implementations that others wrote, put to the same proof and choice as variants."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tracer import Limits
from variants.analysis.program import Program, ProgramError
from variants.calls import read_tests
from variants.demands import EVERYTHING, Demands
from variants.equivalence import Equivalence, Reference
from variants.measures import complexity, jaccard, tokens
from variants.references import proven_reference
from variants.selection import most_diverse

Decision = Literal[
    "accepted",
    "unreadable",
    "no entry point",
    "duplicate",
    "too simple",
    "too similar",
    "different",
    "not chosen",
]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An implementation by someone else: the family is its author, such as a model's vendor."""

    family: str
    code: str


@dataclass(frozen=True, slots=True)
class Admission:
    """What became of a candidate.

    Attributes:
        candidate: The implementation.
        decision: `accepted`, or why not. `different`: it does something else than the reference.
            `not chosen`: it is too similar to one that was chosen, or enough others were.
        detail: The same for people, with what it is about.
        complexity: Its cyclomatic complexity; None where it was not looked at.
        likeness: Its Jaccard similarity to the reference.
        equivalence: The proof by running, where it was run.
    """

    candidate: Candidate
    decision: Decision
    detail: str = ""
    complexity: int | None = None
    likeness: float | None = None
    equivalence: Equivalence | None = None


def admit(
    code: str,
    tests: Sequence[str],
    candidates: Sequence[Candidate],
    n: int | None = None,
    *,
    demands: Demands = EVERYTHING,
    more: int = 0,
    limits: Limits | None = None,
    allow_unsafe: bool = False,
) -> list[Admission]:
    """Decide about each candidate, in their order.

    Args:
        code: The reference implementation.
        tests: Calls of the function, such as ``"f([3, 1], k=2)"``.
        candidates: What to decide about; what is cheap to see is looked at before anything is run.
        n: Most that are accepted; the most diverse are.
        demands: What they must be like.
        more: Inputs to draw beside those of the tests. They may break the contract of the problem, of which
            nobody but its author knows: two right implementations can differ there.
        limits: What one process may use.
        allow_unsafe: Run the candidates also where the machine gives less isolation than unknown code needs.

    Raises:
        ProgramError: The reference itself does not parse, or fails on its tests.
        IsolationError: The machine cannot isolate code that others wrote, and `allow_unsafe` is not given.
    """
    given = read_tests(tests)
    Program(code)
    reference = proven_reference(
        code, given, limits, more=more, origin="unsafe" if allow_unsafe else "others"
    )
    seen = {code.strip()}
    decided: list[Admission] = []
    for candidate in candidates:
        admission = _inspect(candidate, code, given.entry_point, demands, seen)
        seen.add(candidate.code.strip())
        decided.append(_prove(admission, reference) if admission.decision == "accepted" else admission)
    proven = [index for index, admission in enumerate(decided) if admission.decision == "accepted"]
    chosen = most_diverse(
        [tokens(candidates[index].code, demands.tokenizer) for index in proven],
        len(proven) if n is None else n,
        given=[tokens(code, demands.tokenizer)],
        max_similarity=demands.max_jaccard,
    )
    for place in set(range(len(proven))) - set(chosen):
        index = proven[place]
        decided[index] = replace(
            decided[index], decision="not chosen", detail="nearer to a chosen one than the demands allow"
        )
    return decided


def _inspect(
    candidate: Candidate, code: str, entry_point: str, demands: Demands, seen: set[str]
) -> Admission:
    """Look at all that can be seen without running it."""
    if candidate.code.strip() in seen:
        return Admission(candidate, "duplicate", "the same text came before")
    try:
        program = Program(candidate.code)
        is_defined = entry_point in program.global_names
        found = complexity(candidate.code)
        likeness = jaccard(tokens(candidate.code, demands.tokenizer), tokens(code, demands.tokenizer))
    except (ProgramError, SyntaxError, ValueError, RecursionError) as error:
        return Admission(candidate, "unreadable", str(error))
    admission = Admission(candidate, "accepted", complexity=found, likeness=likeness)
    if not is_defined:
        return replace(admission, decision="no entry point", detail=f"it defines no {entry_point}")
    if found < demands.min_complexity:
        return replace(
            admission, decision="too simple", detail=f"complexity {found}, at least {demands.min_complexity}"
        )
    if likeness > demands.max_jaccard:
        return replace(
            admission,
            decision="too similar",
            detail=f"{likeness:.2f} like the reference, at most {demands.max_jaccard}",
        )
    return admission


def _prove(admission: Admission, reference: Reference) -> Admission:
    verdict = reference.check(admission.candidate.code)
    if verdict.equivalent:
        return replace(admission, equivalence=verdict)
    detail = f"{verdict.reason} on ({verdict.separating_input})"
    if verdict.right is not None and verdict.right.message:
        detail += f": {verdict.right.message}"
    return replace(admission, decision="different", detail=detail, equivalence=verdict)
