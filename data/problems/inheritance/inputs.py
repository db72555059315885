import random


def generate(rng: random.Random) -> str:
    names = ["ann", "bob", "cid", "dot", "eva", "fay"]
    children, free = {}, names[1:]
    for name in names[:3]:
        mine = free[: rng.randint(0, 3)]
        if mine:
            children[name] = mine
            free = free[len(mine) :]
    living = rng.sample(names, rng.randint(1, 4))
    return f'{children!r}, {living!r}, "ann", {rng.randint(0, 20)}'
