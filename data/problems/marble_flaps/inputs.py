import random


def generate(rng: random.Random) -> str:
    width = rng.randint(1, 4)
    board = ["".join(rng.choice("./\\") for _ in range(width)) for _ in range(rng.randint(0, 3))]
    return f"{board!r}, {[rng.randrange(width) for _ in range(rng.randint(0, 4))]!r}"
