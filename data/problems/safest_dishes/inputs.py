import random


def generate(rng: random.Random) -> str:
    items = ["egg", "nut", "rye", "ham", "pea"]
    names = rng.sample(["pie", "soup", "roll", "dip"], rng.randint(0, 3))
    dishes = {name: rng.sample(items, rng.randint(0, 3)) for name in names}
    guests = [rng.sample(items, rng.randint(0, 2)) for _ in range(rng.randint(0, 3))]
    return f"{dishes!r}, {guests!r}"
