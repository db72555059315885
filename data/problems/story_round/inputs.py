import random


def generate(rng: random.Random) -> str:
    lines = ["so", "and", "oh...", "then...", "end"]
    names = rng.sample(["al", "bo", "cy", "di"], rng.randint(0, 3))
    return repr({name: [rng.choice(lines) for _ in range(rng.randint(0, 3))] for name in names})
