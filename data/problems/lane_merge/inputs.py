import random


def generate(rng: random.Random) -> str:
    left, right = ("".join(rng.choice("cct") for _ in range(rng.randint(0, 6))) for _ in range(2))
    return f'"{left}", "{right}"'
