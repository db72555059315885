import random


def pipe(rng: random.Random, names: list[str], depth: int) -> list[object]:
    name = names.pop()
    branches = [pipe(rng, names, depth - 1) for _ in range(rng.randint(0, 2) if depth else 0)]
    return [name, rng.randint(0, 3), branches]


def generate(rng: random.Random) -> str:
    return f"{pipe(rng, list('zyxwvutsrqponm'), 2)!r}, {rng.randint(0, 8)}"
