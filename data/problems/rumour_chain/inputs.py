import random


def generate(rng: random.Random) -> str:
    word = "".join(rng.choice("abdhnrtyzi") for _ in range(rng.randint(0, 5)))
    return f'"{word}", {rng.randint(0, 12)}'
