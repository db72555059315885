import random


def generate(rng: random.Random) -> str:
    heights = [rng.randint(-1, 6) for _ in range(rng.randint(0, 9))]
    return f"{heights!r}, {rng.randint(0, 4)}, {rng.randint(1, 3)}"
