import random


def generate(rng: random.Random) -> str:
    names = ["ann", "bob", "cid"]
    return repr([f"{rng.choice(names)}>{rng.choice(names)}" for _ in range(rng.randint(0, 6))])
