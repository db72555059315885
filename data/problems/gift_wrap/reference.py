def wrap(gift):
    if isinstance(gift, int):
        return gift, 0
    size = 1 if len(gift) <= 2 else 2
    used = 0
    boxes = 0
    for inner in gift:
        room, sheets = wrap(inner)
        size += room
        used += sheets
        boxes += isinstance(inner, list)
    if gift and boxes == len(gift):
        used += 3
    return size, used + size


def paper(gift):
    return wrap(gift)[1]
