import random


def generate(rng: random.Random) -> str:
    titles = ["dune", "emma", "ivan", "kim", "moby"]
    shelf = rng.sample(titles, rng.randint(0, 4))
    returned = [rng.choice(titles) for _ in range(rng.randint(0, 4))]
    return f"{shelf!r}, {returned!r}"
