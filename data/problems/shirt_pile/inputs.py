import random


def generate(rng: random.Random) -> str:
    names = ["red", "tan", "blue", "pink", "lime", "grey"]
    pile = rng.sample(names, rng.randint(0, 5))
    return f"{pile!r}, {rng.sample(names, rng.randint(0, 3))!r}"
