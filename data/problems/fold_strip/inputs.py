import random


def generate(rng: random.Random) -> str:
    return repr([rng.randint(-2, 5) for _ in range(rng.randint(1, 7))])
