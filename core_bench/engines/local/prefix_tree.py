"""Which prompts begin alike: header -> program -> item, as levels of a tree over token ids."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

_WORTH_SHARING = 16
"""Tokens: below this, a level of its own costs more than it saves."""


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the tree.

    Attributes:
        rows: The tokens of each node, at least one.
        parents: For each node, the number of its parent in the level above; all 0 in the first level.
    """

    rows: list[list[int]]
    parents: list[int]


def plan_levels(
    prompts: Sequence[Sequence[int]], families: Sequence[Hashable], own: Sequence[int]
) -> list[Level]:
    """Cut prompts into levels: what all share, what each family shares, what is a prompt's own.

    Every path from the first to the last level spells one prompt; the last level has one node a prompt,
    in the given order. A level that would not pay is left out.

    Args:
        prompts: Token ids, each at least one.
        families: Prompts of an equal family (one program, say) are likely to share more than the rest.
        own: How many tokens of each prompt must stay in the last level, at least 1.
    """
    most = [len(prompt) - keep for prompt, keep in zip(prompts, own, strict=True)]
    members: dict[Hashable, list[int]] = {}
    for number, family in enumerate(families):
        members.setdefault(family, []).append(number)
    shared = {
        family: min(common_start([prompts[row] for row in rows]), *(most[row] for row in rows))
        for family, rows in members.items()
    }
    everyone = range(len(prompts))
    top = min(common_start(prompts), *most) if len(prompts) > 1 else 0
    pays = sum((len(rows) - 1) * (shared[family] - top) for family, rows in members.items())
    use_families = 1 < len(members) < len(prompts) and pays >= _WORTH_SHARING
    if use_families:
        top = min(top, *(length - 1 for length in shared.values()))
    if top * (len(prompts) - 1) < _WORTH_SHARING:
        top = 0
    levels = [Level([list(prompts[0][:top])], [0])] if top > 0 else []
    if use_families and all(length > top for length in shared.values()):
        numbers = {family: number for number, family in enumerate(members)}
        nodes = [list(prompts[rows[0]][top : shared[family]]) for family, rows in members.items()]
        levels.append(Level(nodes, [0] * len(nodes)))
        starts = [shared[family] for family in families]
        parents = [numbers[family] for family in families]
    else:
        starts, parents = [top] * len(prompts), [0] * len(prompts)
    levels.append(Level([list(prompts[row][starts[row] :]) for row in everyone], parents))
    return levels


def common_start(prompts: Sequence[Sequence[int]]) -> int:
    """Return how many tokens all prompts begin with."""
    first, last = (
        min(map(list, prompts)),
        max(map(list, prompts)),
    )  # in dictionary order these two differ the earliest
    shorter = min(len(first), len(last))
    return next((at for at in range(shorter) if first[at] != last[at]), shorter)
