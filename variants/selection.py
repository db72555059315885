"""The most diverse few of many programs."""

from collections.abc import Sequence

from variants.measures import jaccard


def most_diverse(
    pool: Sequence[frozenset[str]],
    count: int,
    *,
    given: Sequence[frozenset[str]] = (),
    max_similarity: float = 1.0,
) -> list[int]:
    """Choose members of a pool, each time the one farthest from its nearest neighbour chosen so far.

    This greedy rule (Gonzalez 1985, "Clustering to minimize the maximum intercluster distance") finds a
    subset whose smallest distance is at least half of the best possible one. Ties go to the first.

    Args:
        pool: Sets of tokens.
        count: Most members to choose.
        given: Sets that are chosen already, such as the original's.
        max_similarity: Largest Jaccard similarity allowed between any two that are chosen.

    Returns:
        Indices into the pool, in the order of choice; fewer than `count` where the pool offers no more.
    """
    nearest = [max((jaccard(member, other) for other in given), default=0.0) for member in pool]
    chosen: list[int] = []
    left = list(range(len(pool)))
    while left and len(chosen) < count:
        best = min(left, key=lambda index: (nearest[index], index))
        if nearest[best] > max_similarity:
            break
        chosen.append(best)
        left.remove(best)
        for index in left:
            nearest[index] = max(nearest[index], jaccard(pool[index], pool[best]))
    return chosen
