import random


def generate(rng: random.Random) -> str:
    top = rng.randint(3, 10)
    first = rng.randrange(top)
    return f"{top}, {rng.randint(1, 4)}, {first}, {(first + rng.randint(0, 2)) % top}"
