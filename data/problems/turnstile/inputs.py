import random


def generate(rng: random.Random) -> str:
    return '"' + "".join(rng.choice("ccpppk") for _ in range(rng.randint(0, 9))) + '"'
