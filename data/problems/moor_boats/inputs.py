import random


def generate(rng: random.Random) -> str:
    berths = rng.randint(1, 8)
    taken = rng.getrandbits(berths) & rng.getrandbits(berths)
    boats = [rng.randint(1, 3) for _ in range(rng.randint(0, 4))]
    return f"{berths}, {taken}, {boats!r}"
