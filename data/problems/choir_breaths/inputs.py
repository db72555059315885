import random


def generate(rng: random.Random) -> str:
    words = ["oh", "la", "merry", "tune", "lark", "a", "so", "hill", "dew"]
    return f"{[rng.choice(words) for _ in range(rng.randint(0, 5))]!r}, {rng.randint(3, 10)}"
