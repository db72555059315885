import random


def generate(rng: random.Random) -> str:
    rows = ["".join(rng.choice("..xx.|") for _ in range(rng.randint(0, 7))) for _ in range(rng.randint(0, 3))]
    return f"{rows!r}, {rng.randint(1, 3)}"
