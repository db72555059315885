def trim(hedge, step):
    waste = 0
    order = list(range(1, len(hedge)))
    for place in order:
        highest = hedge[place - 1] + step
        if hedge[place] > highest:
            waste += hedge[place] - highest
            hedge[place] = highest
    for place in reversed(order):
        highest = hedge[place] + step
        if hedge[place - 1] > highest:
            waste += hedge[place - 1] - highest
            hedge[place - 1] = highest
    return waste
