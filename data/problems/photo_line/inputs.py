import random


def generate(rng: random.Random) -> str:
    names = rng.sample(["ann", "bo", "cy", "di", "eve", "fay"], rng.randint(0, 5))
    return repr({name: rng.choice([150, 160, 165, 180]) for name in names})
