"""Chains of transforms: drawn with a seed, recorded link by link, replayed from the record alone."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import tracer
from variants.analysis.program import Program, ProgramError
from variants.site import Site
from variants.transform import Parameters, Transform
from variants.transforms import TRANSFORMS


@dataclass(frozen=True, slots=True)
class Link:
    """One applied transform.

    Attributes:
        transform: Name of the transform.
        site: Where it fired in the text that the links before it had made.
        parameters: What had been left to chance, as pairs of text.
    """

    transform: str
    site: Site
    parameters: Parameters = ()


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
    max_steps: int = 8,
) -> Composition:
    """Rewrite a program by a random chain of transforms.

    Every transform has at most one turn, at sites chosen before its first rewrite; so none is applied twice
    at the same place, and no chain comes back to where it was.

    Args:
        code: The program.
        entry_point: The function that the inputs call.
        inputs: Argument lists as text; parameters that they pass by keyword keep their names.
        seed: Decides everything that is left to chance.
        transforms: Names of the transforms to draw from; all by default.
        max_steps: Most links in the chain.

    Raises:
        ProgramError: The program does not parse or does not define the entry point.
    """
    program = Program(code)
    require_entry_point(program, entry_point)
    return compose_program(program, keywords_of(inputs), seed, transforms, max_steps)


def compose_program(
    program: Program,
    protected: frozenset[str],
    seed: int,
    transforms: Iterable[str] | None = None,
    max_steps: int = 8,
) -> Composition:
    """Do what `compose` does with a parsed program; `protected` parameters keep their names."""
    rng = random.Random(seed)
    turns = _draw_turns(rng, transforms)
    chain: list[Link] = []
    for transform in turns:
        if len(chain) == max_steps:
            break
        program, links = _take_turn(program, transform, rng, protected, max_steps - len(chain))
        chain += links
    return Composition(program.code, tuple(chain))


def replay(code: str, chain: Iterable[Link]) -> str:
    """Apply a recorded chain again; gives the same text, byte for byte.

    Raises:
        ProgramError: The chain was composed for another text, or names an unknown transform.
    """
    program = Program(code)
    for link in chain:
        program = _apply(program, find_transform(link.transform), link)
    return program.code


def find_transform(name: str) -> Transform:
    """The transform of that name.

    Raises:
        ProgramError: There is none.
    """
    if name not in TRANSFORMS:
        raise ProgramError(f"there is no transform {name!r}; choose from {', '.join(sorted(TRANSFORMS))}")
    return TRANSFORMS[name]


def require_entry_point(program: Program, entry_point: str) -> None:
    """Make sure that the program defines the function that the inputs call.

    Raises:
        ProgramError: It does not.
    """
    if entry_point not in program.global_names:
        raise ProgramError(
            f"the program defines no {entry_point!r}; name the function that the inputs are meant for"
        )


def keywords_of(inputs: Iterable[str]) -> frozenset[str]:
    """The parameter names that argument lists pass by keyword.

    Raises:
        ProgramError: One of the texts is no argument list.
    """
    found: set[str] = set()
    for text in inputs:
        try:
            found.update(tracer.parse_arguments(text).keyword)
        except tracer.InputError as error:
            raise ProgramError(str(error)) from None
    return frozenset(found)


def _draw_turns(rng: random.Random, names: Iterable[str] | None) -> list[Transform]:
    """Some of the transforms in random order."""
    pool = sorted(TRANSFORMS if names is None else {find_transform(name).name for name in names})
    return [TRANSFORMS[name] for name in rng.sample(pool, rng.randint(1, len(pool)))] if pool else []


def _take_turn(
    program: Program, transform: Transform, rng: random.Random, protected: frozenset[str], budget: int
) -> tuple[Program, list[Link]]:
    sites = transform.sites(program)
    if not sites:
        return program, []
    chosen = set(rng.sample(sites, min(budget, rng.randint(1, len(sites)))))
    links: list[Link] = []
    # From last to first: a rewrite moves only what stands below it, so the earlier sites keep their names.
    for site in [site for site in reversed(sites) if site in chosen]:
        if site not in transform.sites(program):
            continue
        parameters = transform.choose(program, site, rng, protected)
        if parameters is None:
            continue
        link = Link(transform.name, site, parameters)
        program = _apply(program, transform, link)
        links.append(link)
    return program, links


def _apply(program: Program, transform: Transform, link: Link) -> Program:
    return Program(transform.apply(program, link.site, link.parameters).code)
