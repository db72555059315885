import random


def generate(rng: random.Random) -> str:
    return repr([rng.randint(0, 20) for _ in range(rng.randint(0, 7))])
