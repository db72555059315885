def lay(size, tray, eggs):
    cells = [0]
    for hollow in range(size):
        cells.append(tray // 2**hollow % 2)
    cells.append(0)
    free = [i for i in range(1, size + 1) if cells[i] == 0]
    if len(free) < eggs:
        raise ValueError(eggs)
    placed = []
    while len(placed) < eggs:
        spot = min(free, key=lambda i: cells[i - 1] + cells[i + 1])
        free.remove(spot)
        cells[spot] = 1
        tray += 2 ** (spot - 1)
        placed.append(spot - 1)
    return placed, tray
