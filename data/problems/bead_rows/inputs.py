import random


def generate(rng: random.Random) -> str:
    colours = "rgb"[: rng.randint(0, 3)]
    pairs = [one + other for one in colours for other in colours]
    ugly = rng.sample(pairs, rng.randint(len(pairs) // 3, len(pairs)))
    return f'{rng.randint(0, 3)}, "{colours}", {ugly!r}'
