"""Makes variants of the programs that people wrote: of another structure, and of other names, too."""

from collections.abc import Iterator, Sequence

import variants
from core_bench.records import Implementation
from core_bench.suites.building.clean import require_distinct
from core_bench.suites.building.verify import UnfitError
from core_bench.suites.problems import hash_rank
from core_bench.suites.recipe import Recipe

_STRUCTURAL = tuple(
    sorted(name for name, transform in variants.TRANSFORMS.items() if transform.changes != {"vocabulary"})
)


def vary(
    parent: Implementation,
    tests: Sequence[str],
    count: int,
    kept: Sequence[Implementation],
    recipe: Recipe,
) -> list[Implementation]:
    """Return up to `count` variants of a program, each proved by running, and unlike all that are `kept`.

    The first half (rounded up) is made without renaming, so that a suite is not diverse by its names alone.

    Raises:
        UnfitError: the program cannot be rewritten, or not be run on its tests.
    """
    if count == 0:
        return []
    found: list[Implementation] = []
    structural = -(-count // 2)
    demands = variants.Demands(recipe.max_jaccard, recipe.min_complexity, recipe.tokenizer)
    for name, transforms, wanted in (
        ("structure", _STRUCTURAL, structural),
        ("all", None, count - structural),
        ("more", None, structural),  # what the first turn could not give
    ):
        missing = wanted if name != "more" else count - len(found)
        if missing <= 0:
            continue
        seed = int(hash_rank(f"{recipe.seed}:{parent.id}:{name}")[:8], 16)
        try:
            made = variants.generate(
                parent.code, tests, missing, seed, transforms=transforms, demands=demands
            )
        except variants.ProgramError as error:
            raise UnfitError("cannot be varied", str(error)) from None
        for program in _accepted(made.variants, parent, [*kept, *found], recipe):
            found.append(program)
            missing -= 1
            if missing == 0:
                break
    return [
        program.model_copy(update={"id": f"{parent.id}~{number}"}) for number, program in enumerate(found, 1)
    ]


def _accepted(
    made: Sequence[variants.Variant],
    parent: Implementation,
    kept: Sequence[Implementation],
    recipe: Recipe,
) -> Iterator[Implementation]:
    others = list(kept)
    for variant in made:
        program = Implementation(
            id=f"{parent.id}~",
            problem=parent.problem,
            family="variant",
            code=variant.code,
            parent=parent.id,
            chain=variant.chain,
        )
        try:
            require_distinct(program, others, recipe)
        except UnfitError:
            continue
        others.append(program)
        yield program
