import random


def generate(rng: random.Random) -> str:
    names = ["ann", "bob", "cid", "dot", "eva"][: rng.randint(1, 5)]
    friends = {name: rng.sample(names, rng.randint(0, min(3, len(names)))) for name in names}
    return f'{friends!r}, "{rng.choice(names)}"'
