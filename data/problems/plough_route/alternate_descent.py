def descend(grid, turn, r, c, before):
    if r == len(grid) - 1:
        return grid[r][c]
    totals = []
    for step in (0, -1, 1):
        if 0 <= c + step < len(grid[0]):
            below = descend(grid, turn, r + 1, c + step, step)
            totals.append(below if step == before else below + turn)
    return grid[r][c] + min(totals)


def plough(grid, turn):
    return min(descend(grid, turn, 0, c, 0) for c in range(len(grid[0])))
