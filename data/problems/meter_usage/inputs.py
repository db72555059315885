import random


def generate(rng: random.Random) -> str:
    digits = rng.randint(1, 3)
    readings = []
    for _ in range(rng.randint(0, 6)):
        readings.append(None if rng.random() < 0.25 else rng.randrange(10**digits))
    return f"{readings!r}, {digits}"
