import random


def generate(rng: random.Random) -> str:
    names = rng.sample(["set", "box", "leg", "rod", "cup", "peg"], 6)
    kits = {}
    for place in range(rng.randint(0, 3)):  # a kit holds names that come later only, so none holds itself
        parts = rng.sample(names[place + 1 :], rng.randint(0, 3))
        kits[names[place]] = {part: rng.randint(1, 4) for part in parts}
    return f'{kits!r}, "{rng.choice(names[:3])}", {rng.randint(1, 4)}'
