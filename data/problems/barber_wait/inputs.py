import random


def generate(rng: random.Random) -> str:
    minutes = sorted(rng.randint(0, 8) for _ in range(rng.randint(0, 5)))
    return f"{[[minute, rng.randint(0, 4)] for minute in minutes]!r}, {rng.randint(1, 4)}"
