import random


def generate(rng: random.Random) -> str:
    width = rng.randint(1, 3)
    rows = ["".join(rng.choice("rgb..") for _ in range(width)) for _ in range(rng.randint(0, 4))]
    return repr(rows)
