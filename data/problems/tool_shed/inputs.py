import random


def generate(rng: random.Random) -> str:
    stock = {tool: rng.randint(1, 2) for tool in rng.sample(["saw", "axe", "hoe"], rng.randint(1, 3))}
    events = []
    for _ in range(rng.randint(0, 5)):
        verb = rng.choice(["takes", "takes", "returns"])
        events.append(f"{rng.choice(['ann', 'bob'])} {verb} {rng.choice(['saw', 'axe'])}")
    return f"{stock!r}, {events!r}"
