import random


def generate(rng: random.Random) -> str:
    return f"{rng.randint(1, 30)}, {rng.randint(0, 7)}, {rng.randint(0, 9)}"
