import random


def generate(rng: random.Random) -> str:
    names = ["ann", "bob", "cid", "dot"][: rng.randint(0, 4)]
    lines = {name: "".join(rng.choice("bbboood") for _ in range(rng.randint(0, 3))) for name in names}
    return f"{lines!r}, {rng.randint(0, 3)}"
