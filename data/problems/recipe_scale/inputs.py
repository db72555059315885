import random


def generate(rng: random.Random) -> str:
    amounts = []
    for _ in range(rng.randint(0, 3)):
        whole, part = str(rng.randint(1, 6)), f"{rng.randint(1, 5)}/{rng.randint(2, 6)}"
        amounts.append(rng.choice([whole, part, f"{whole} {part}", "0" if rng.random() < 0.8 else "few"]))
    return f"{amounts!r}, {rng.randint(1, 6)}, {rng.randint(1, 6)}"
