class TooLittle(Exception):
    pass


class Jar:
    def __init__(self, goal):
        self.goal = goal
        self.coins = 0

    def put(self, amount):
        fits = min(amount, self.goal - self.coins)
        self.coins += fits
        return amount - fits


def take(jars, amount):
    if not jars:
        raise TooLittle
    jar = jars[-1]
    here = min(amount, jar.coins)
    if here < amount:
        take(jars[:-1], amount - here)
    jar.coins -= here


def save(goals, moves):
    jars = [Jar(goal) for goal in goals]
    charity = refused = 0
    for amount in moves:
        for jar in jars:
            amount = jar.put(amount) if amount > 0 else amount
        charity += max(amount, 0)
        try:
            if amount < 0:
                take(jars, -amount)
        except TooLittle:
            refused += 1
    return [jar.coins for jar in jars], charity, refused
