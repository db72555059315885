"""The filter of the CoRE paper (section 3): complex enough, and unlike the other implementations."""

import ast
from collections.abc import Sequence

from core_bench.records import Implementation
from core_bench.suites.building.verify import UnfitError
from core_bench.suites.recipe import Recipe
from variants.measures import complexity, jaccard, tokens


def require_distinct(program: Implementation, kept: Sequence[Implementation], recipe: Recipe) -> None:
    """Look whether a program may stand beside those that are kept already.

    Raises:
        UnfitError: it does not parse, is a copy of one of them, is too simple, or too similar to one.
    """
    try:
        tree = ast.dump(ast.parse(program.code))
        own = complexity(program.code)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise UnfitError("fails", f"it does not parse: {error}") from None
    for other in kept:
        if ast.dump(ast.parse(other.code)) == tree:
            raise UnfitError("duplicate", f"the same program as {other.id}")
    if own < recipe.min_complexity:
        raise UnfitError("too simple", f"cyclomatic complexity {own}, at least {recipe.min_complexity}")
    for other in kept:
        alike = jaccard(*(tokens(one.code, recipe.tokenizer) for one in (program, other)))
        if alike > recipe.max_jaccard:
            raise UnfitError("too similar", f"{alike:.2f} like {other.id}, at most {recipe.max_jaccard}")
