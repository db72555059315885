import random


def generate(rng: random.Random) -> str:
    folds = "".join(rng.choice("ou") for _ in range(rng.randint(1, 4)))
    return f'"{folds}", {rng.randint(0, 2 ** len(folds) - (1 if rng.random() < 0.1 else 2))}'
