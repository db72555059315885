"""Chains of transforms: drawn with a seed, recorded link by link, replayed from the record alone."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from variants.analysis.program import Program, ProgramError
from variants.calls import keywords_of
from variants.drafts import Draft, Link
from variants.transform import Transform
from variants.transforms import TRANSFORMS

MAX_LINKS = 8


@dataclass(frozen=True, slots=True)
class Composition:
    """A program made by a chain of transforms, with the record of how."""

    code: str
    chain: tuple[Link, ...]


def compose(
    code: str,
    entry_point: str,
    inputs: Sequence[str],
    seed: int,
    transforms: Iterable[str] | None = None,
    max_links: int = MAX_LINKS,
) -> Composition:
    """Rewrite a program by a random chain of transforms.

    Each link rewrites one site of the text that the links before it have made. No text comes twice, so a
    chain never goes round in a circle, and how often one transform has its turn is limited.

    Args:
        code: The program.
        entry_point: The function that the inputs call.
        inputs: Argument lists as text; parameters that they pass by keyword keep their names.
        seed: Decides everything that is left to chance.
        transforms: Names of the transforms to draw from; all by default.
        max_links: Most links in the chain.

    Raises:
        ProgramError: The program does not parse or does not define the entry point.
    """
    draft = first_draft(code, entry_point)
    chosen, protected = named_transforms(transforms), keywords_of(inputs)
    rng = random.Random(seed)
    for _ in range(rng.randint(1, max_links)):
        following = next(draft.steps(rng, chosen, protected), None)
        if following is None:
            break
        draft = following
    return Composition(draft.code, draft.chain)


def replay(code: str, chain: Iterable[Link]) -> str:
    """Apply a recorded chain again; gives the same text, byte for byte.

    Raises:
        ProgramError: The chain was composed for another text, or names an unknown transform.
    """
    for link in chain:
        code = find_transform(link.transform).rewritten(Program(code), link.site, link.parameters)
    return code


def find_transform(name: str) -> Transform:
    """The transform of that name.

    Raises:
        ProgramError: There is none.
    """
    if name not in TRANSFORMS:
        raise ProgramError(f"there is no transform {name!r}; choose from {', '.join(sorted(TRANSFORMS))}")
    return TRANSFORMS[name]


def named_transforms(names: Iterable[str] | None) -> list[Transform]:
    """The named transforms, or all of them, in the order of their names.

    Raises:
        ProgramError: One of the names is unknown.
    """
    return [find_transform(name) for name in sorted(set(TRANSFORMS if names is None else names))]


def first_draft(code: str, entry_point: str) -> Draft:
    """The program as it was handed in.

    Raises:
        ProgramError: It does not parse, or does not define the function that the inputs call.
    """
    program = Program(code)
    if entry_point not in program.global_names:
        raise ProgramError(
            f"the program defines no {entry_point!r}; name the function that the inputs are meant for"
        )
    return Draft(code, seen={code}, program=program)
