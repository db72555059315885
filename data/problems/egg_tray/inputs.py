import random


def generate(rng: random.Random) -> str:
    size = rng.randint(1, 5)
    tray = rng.getrandbits(size) & rng.getrandbits(size)
    free = size - bin(tray).count("1")
    return f"{size}, {tray}, {min(rng.randint(0, free + (rng.random() < 0.1)), 3)}"
