import random


def generate(rng: random.Random) -> str:
    parts = []
    for _ in range(rng.randint(0, 3)):
        first = rng.randint(0, 23)
        parts.append(f"{first}-{(first + rng.randint(1, 6)) % 24}" if rng.random() < 0.95 else "7-30")
    return '"' + ",".join(parts) + '"'
