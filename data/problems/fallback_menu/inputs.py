import random


def generate(rng: random.Random) -> str:
    dishes = ["soup", "pie", "rice", "bread", "fish"]
    portions = {dish: rng.randint(1, 2) for dish in rng.sample(dishes, rng.randint(0, 3))}
    guests = [[rng.choice(dishes) for _ in range(rng.randint(0, 3))] for _ in range(rng.randint(0, 4))]
    return f"{portions!r}, {guests!r}"
