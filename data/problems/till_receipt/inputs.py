import random


def generate(rng: random.Random) -> str:
    lines = ["tea 25", "3 bun 10", "5 egg 7", "void", "void", "jam", "2 rye", "x fig 3", "4 fig 3", "1 1 nut 2"]
    return repr([rng.choice(lines) for _ in range(rng.randint(0, 5))])
