import random


def generate(rng: random.Random) -> str:
    names = ["ann", "bob", "cid", "dot", "eva"][: rng.randint(0, 5)]
    getters = rng.sample(names, len(names))
    if names and rng.random() < 0.2:
        getters[0] = rng.choice([*names, "zoe"])
    return repr(dict(zip(rng.sample(names, len(names)), getters)))
