"""Which checkpoints are worth their price: none other costs no more and scores higher."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """A checkpoint: what it costs (bytes, seconds a token, money; less is better), what it scores."""

    name: str
    cost: float
    score: float


def pareto_front(points: Sequence[Point]) -> tuple[Point, ...]:
    """Return the points that none dominates, the cheapest first; of equals the first given one."""
    front: list[Point] = []
    for point in sorted(points, key=lambda point: (point.cost, -point.score)):
        if not front or point.score > front[-1].score:
            front.append(point)
    return tuple(front)
