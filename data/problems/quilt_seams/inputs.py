import random


def generate(rng: random.Random) -> str:
    width = rng.randint(1, 4)
    return repr(["".join(rng.choice("aAbBc") for _ in range(width)) for _ in range(rng.randint(0, 3))])
