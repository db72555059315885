import random


def generate(rng: random.Random) -> str:
    names = ["olga", "oleg", "olaf", "bo", "bob", "b", "anna", "ann"]
    return repr([rng.choice(names) for _ in range(rng.randint(0, 6))])
