import random


def generate(rng: random.Random) -> str:
    width = rng.randint(1, 3)
    height = rng.randint(1, 2 if width == 3 else 3)
    grid = [[rng.randint(0, 9) for _ in range(width)] for _ in range(height)]
    return f"{grid!r}, {rng.randint(0, 4)}"
