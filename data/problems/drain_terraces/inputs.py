import random


def generate(rng: random.Random) -> str:
    width = rng.randint(1, 4)
    rows = [[rng.choice([0, 1, 2, 3, 5, 8]) for _ in range(width)] for _ in range(rng.randint(0, 3))]
    return f"{rows!r}, {rng.randint(0, 5)}"
