import random


def generate(rng: random.Random) -> str:
    stays = [rng.choice([5, 20, 21, 60, 61, 130, 180, 200, 241, 400]) for _ in range(rng.randint(0, 5))]
    return f"{stays!r}, {rng.random() < 0.5}"
