import random


def generate(rng: random.Random) -> str:
    low = rng.randint(8, 12)
    readings = [rng.randint(5, 17) for _ in range(rng.randint(0, 7))]
    return f"{readings!r}, {low}, {low + rng.randint(0, 3)}"
