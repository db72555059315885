import random


def generate(rng: random.Random) -> str:
    items = rng.sample(["tea", "rice", "oil", "fig", "nut"], rng.randint(0, 4))
    recipe = {item: rng.randint(1, 9) for item in items}
    pantry = {item: rng.randint(1, 12) for item in [*items, "salt"] if rng.random() < 0.5}
    sizes = {item: rng.randint(2, 6) for item in items if rng.random() < 0.6}
    return f"{recipe!r}, {pantry!r}, {sizes!r}, {rng.randint(0, 3)}"
