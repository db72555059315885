import random


def generate(rng: random.Random) -> str:
    text = "".join(rng.choice("bqdnuoa") for _ in range(rng.randint(0, 5)))
    box = "".join(rng.choice("bqdpnuo") for _ in range(rng.randint(0, 5)))
    return f'"{text}", "{box}"'
