import random


def generate(rng: random.Random) -> str:
    text = "".join(rng.choice("OPEN 24") for _ in range(rng.randint(0, 6)))
    return f'"{text}", {rng.randint(1, 6)}, {rng.randint(0, 16)}'
