def peck(grid, row, column):
    food = grid[row][column]
    if food == 0:
        return (row, column, 0)
    grid[row][column] = 0
    if food % 2 == 1:
        stop = peck(grid, (row + food) % len(grid), column)
    else:
        stop = peck(grid, row, (column + food) % len(grid[0]))
    return (stop[0], stop[1], stop[2] + food)


def hen_walk(field):
    copy = [list(line) for line in field]
    return peck(copy, 0, 0)
