import random


def generate(rng: random.Random) -> str:
    names = ["ann", "bob", "cid", "dot", "eva"]
    bags = [rng.choice(names) for _ in range(rng.randint(0, 4))]
    return f"{bags!r}, {rng.sample(names, rng.randint(0, 5))!r}"
