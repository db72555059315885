import random


def generate(rng: random.Random) -> str:
    return f"{rng.randint(1, 14)}, {rng.randint(0, 9)}, {rng.randint(2, 13)}"
