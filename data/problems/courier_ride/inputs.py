import random


def generate(rng: random.Random) -> str:
    legs = [rng.randint(1, 6) for _ in range(rng.randint(0, 3))]
    return f"{legs!r}, {rng.randint(0, sum(legs) + 2)}"
