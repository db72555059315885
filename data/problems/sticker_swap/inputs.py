import random


def generate(rng: random.Random) -> str:
    mine = [rng.randint(1, 6) for _ in range(rng.randint(0, 5))]
    yours = [rng.randint(3, 9) for _ in range(rng.randint(0, 6))]
    return f"{mine!r}, {yours!r}"
