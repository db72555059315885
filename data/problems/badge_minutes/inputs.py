import random


def generate(rng: random.Random) -> str:
    names = rng.sample(["ana", "bo", "kim", "lee", "max"], rng.randint(1, 3))
    now = rng.randint(0, 18 * 60)
    swipes = []
    for _ in range(rng.randint(0, 5)):
        swipes.append(f"{rng.choice(names)} {now // 60:02}:{now % 60:02}")
        now += rng.randint(0, 50)
    if len(swipes) > 1 and rng.random() < 0.15:
        swipes[0], swipes[-1] = swipes[-1], swipes[0]
        now += 60
    return f'{swipes!r}, "{now // 60:02}:{now % 60:02}"'
