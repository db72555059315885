import random


def generate(rng: random.Random) -> str:
    size = rng.randint(1, 7)
    return f"{size}, {rng.getrandbits(size) | rng.choice([0, 0, 1 << size - 1])}"
