def freeze(width, frost, hours):
    panes = [frost >> i & 1 for i in range(width)]
    hour = 0
    changed = True
    while changed and hour < hours:
        padded = [0, *panes, 0]
        changed = False
        for i in range(width):
            if not panes[i] and padded[i] + padded[i + 2] == 1:
                panes[i] = 1
                changed = True
        hour += changed
    return sum(2**i for i in range(width) if panes[i]), hour
