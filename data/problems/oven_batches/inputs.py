import random


def generate(rng: random.Random) -> str:
    return f"{[rng.randint(1, 9) for _ in range(rng.randint(0, 5))]!r}, {rng.randint(0, 5)}"
