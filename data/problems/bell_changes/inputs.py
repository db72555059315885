import random


def generate(rng: random.Random) -> str:
    return f"{rng.randint(1, 8)}, {rng.randint(0, 14)}"
