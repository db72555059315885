import random


def generate(rng: random.Random) -> str:
    return f"{rng.randint(0, 5)}, {[rng.randint(0, 10) for _ in range(rng.randint(0, 4))]!r}"
