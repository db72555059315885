import random


def generate(rng: random.Random) -> str:
    words = ["STOP", "STOP", "stop", "SNOW", "ARRIVE", "GRANDMOTHER", "7", "1234", "999", "12B"]
    text = " ".join(rng.choice(words) for _ in range(rng.randint(0, 6)))
    return f'"{text}", {rng.randint(-2, 9)}'
