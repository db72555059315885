import random


def crate(rng: random.Random, depth: int) -> str:
    inside = [crate(rng, depth - 1) for _ in range(rng.randint(0, depth))]
    return f"[{rng.choice([0, 1, 2, 3, 5, 8, 12])}{''.join(inside)}]"


def generate(rng: random.Random) -> str:
    manifest = "".join(crate(rng, 2) for _ in range(rng.randint(0, 2)))
    return f'"{manifest}"'
