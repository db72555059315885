import random


def present(rng: random.Random, depth: int) -> object:
    if depth == 0 or rng.random() < 0.3:
        return rng.randint(0, 6)
    return [present(rng, depth - 1) for _ in range(rng.randint(0, 3))]


def generate(rng: random.Random) -> str:
    return repr(present(rng, 3))
