def press(windows, switches):
    change = {"*": ".", ".": "*"}
    grid = [list(row) for row in windows]
    for r, c in switches:
        if grid[r].count("*") % 2 == 0:
            grid[r] = [change[cell] for cell in grid[r]]
        else:
            for row in grid:
                row[c] = change[row[c]]
    return ["".join(row) for row in grid]
