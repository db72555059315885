def board(mine, other, last):
    if mine == other == "":
        return ""
    amount = 2 if last.lower() == "t" else 1
    part = mine[:amount]
    return part + board(other, mine[amount:], (last + part)[-1])


def load(left, right):
    return board(left, right.upper(), "-")
