def paper(gift):
    total = 0
    stack = [(gift, 0)]
    while stack:
        present, around = stack.pop()
        if isinstance(present, int):
            total += present * around
            continue
        own = 2 if len(present) > 2 else 1
        total += own * (around + 1)
        toys = 0
        for thing in present:
            toys += isinstance(thing, int)
            stack.append((thing, around + 1))
        if toys == 0 and present != []:
            total += 3
    return total
