def plough(grid, turn):
    paths = {(c, 0): depth for c, depth in enumerate(grid[0])}
    for row in grid[1:]:
        longer = {}
        for (c, heading), cost in paths.items():
            for move in (-1, 0, 1):
                if 0 <= c + move < len(row):
                    total = cost + row[c + move]
                    if move != heading:
                        total += turn
                    key = (c + move, move)
                    longer[key] = min(total, longer.get(key, total))
        paths = longer
    return min(paths.values())
