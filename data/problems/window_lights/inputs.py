import random


def generate(rng: random.Random) -> str:
    height, width = rng.randint(1, 3), rng.randint(1, 4)
    rows = ["".join(rng.choice(".*") for _ in range(width)) for _ in range(height)]
    switches = [[rng.randrange(height), rng.randrange(width)] for _ in range(rng.randint(0, 4))]
    return f"{rows!r}, {switches!r}"
