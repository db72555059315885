import random


def generate(rng: random.Random) -> str:
    pattern = ""
    for letter in rng.sample("kpyx", rng.randint(0, 3)):
        pattern += letter + rng.choice(["", "", "0", "2", "3", "11"])
    return f'"{pattern}", {rng.randint(0, 12)}'
