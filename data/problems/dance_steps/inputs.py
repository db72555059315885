import random


def passage(rng: random.Random, depth: int) -> str:
    text = ""
    for _ in range(rng.randint(0, 3)):
        if depth > 0 and rng.random() < 0.4:
            text += f"({passage(rng, depth - 1)})"
        else:
            text += rng.choice("fblr") + rng.choice(["", "", "2", "5"])
    return text


def generate(rng: random.Random) -> str:
    return f'"{passage(rng, 3)}"'
