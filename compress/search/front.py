"""Fronts of two objectives that both get smaller: loss and bytes."""

from collections.abc import Sequence

import numpy as np

Point = tuple[float, float]


def front_of(points: Sequence[Point]) -> list[int]:
    """Return the indices of the points that none dominates, by rising second value; of equals the first."""
    order = sorted(range(len(points)), key=lambda i: (points[i][1], points[i][0], i))
    found: list[int] = []
    best = float("inf")
    for index in order:
        if points[index][0] < best:
            found.append(index)
            best = points[index][0]
    return found


def hypervolume(points: Sequence[Point], reference: Point) -> float:
    """Return the area that the points dominate below the reference point."""
    inside = [p for p in points if p[0] < reference[0] and p[1] < reference[1]]
    area, ceiling = 0.0, reference[0]
    for index in front_of(inside):
        loss, size = inside[index]
        area += (ceiling - loss) * (reference[1] - size)
        ceiling = loss
    return area


def inverted_distance(points: Sequence[Point], true_front: Sequence[Point]) -> float:
    """Return the mean distance from each point of the true front to the nearest of `points`.

    Both objectives are scaled to the range of the true front (inverted generational distance, Coello and
    Reyes Sierra 2004); infinite without points.
    """
    if not points:
        return float("inf")
    truth = np.array(true_front, float)
    low, span = truth.min(0), np.ptp(truth, axis=0)
    span = np.where(span > 0, span, 1.0)
    apart = (truth[:, None] - low) / span - (np.array(points, float)[None] - low) / span
    return float(np.sqrt((apart**2).sum(-1)).min(1).mean())


def ranks(points: Sequence[Point]) -> list[int]:
    """Return the number of the front of every point: 0 for the front, 1 for that of the rest, and so on."""
    found = [0] * len(points)
    left = list(range(len(points)))
    rank = 0
    while left:
        values = [points[i] for i in left]
        chosen = {left[i] for i in front_of(values)}
        # Nothing beats infinitely bad points, yet none of them is on a front: they are last together.
        chosen = chosen or set(left)
        # Equal points share their front.
        chosen |= {i for i in left if any(points[i] == points[j] for j in chosen)}
        for index in chosen:
            found[index] = rank
        left = [i for i in left if i not in chosen]
        rank += 1
    return found


def crowding(points: Sequence[Point]) -> list[float]:
    """Return the crowding distance of points of one front (Deb et al. 2002, section III-B)."""
    found = [0.0] * len(points)
    for axis in (0, 1):
        order = sorted(range(len(points)), key=lambda i: (points[i][axis], i))
        span = points[order[-1]][axis] - points[order[0]][axis] if order else 0.0
        for place, index in enumerate(order):
            if place in (0, len(order) - 1):
                found[index] = float("inf")
            elif span > 0:
                found[index] += (points[order[place + 1]][axis] - points[order[place - 1]][axis]) / span
    return found


def best_of(points: Sequence[Point], count: int) -> list[int]:
    """Return the indices of the best points by front and crowding distance (the selection of NSGA-II)."""
    found = ranks(points)
    chosen: list[int] = []
    for rank in sorted(set(found)):
        members = [i for i, r in enumerate(found) if r == rank]
        apart = crowding([points[i] for i in members])
        chosen += [
            i for _, i in sorted(zip(apart, members, strict=True), key=lambda pair: (-pair[0], pair[1]))
        ]
        if len(chosen) >= count:
            break
    return chosen[:count]
