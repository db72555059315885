from fractions import Fraction


def written(amount):
    if amount.denominator == 1 or amount < 1:
        return str(amount)
    whole = int(amount)
    return f"{whole} {amount - whole}"


def scale(amounts, people, serves):
    factor = Fraction(people, serves)
    texts = []
    for amount in amounts:
        value = Fraction(0)
        for piece in amount.split(" "):
            value += Fraction(piece)
        texts.append(written(value * factor))
    return texts
