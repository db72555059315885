import random


def generate(rng: random.Random) -> str:
    width = rng.randint(1, 8)
    return f"{width}, {rng.getrandbits(width) & rng.getrandbits(width)}, {rng.randint(0, 5)}"
