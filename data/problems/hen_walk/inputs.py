import random


def generate(rng: random.Random) -> str:
    width = rng.randint(1, 4)
    rows = [[rng.choice([0, 1, 2, 3, 4, 5, 7]) for _ in range(width)] for _ in range(rng.randint(1, 3))]
    return repr(rows)
