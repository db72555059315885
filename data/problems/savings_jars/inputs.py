import random


def generate(rng: random.Random) -> str:
    goals = [rng.randint(1, 6) for _ in range(rng.randint(0, 3))]
    return f"{goals!r}, {[rng.randint(-7, 8) for _ in range(rng.randint(0, 5))]!r}"
