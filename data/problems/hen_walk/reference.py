def hen_walk(field):
    r = 0
    c = 0
    eaten = 0
    visited = set()
    while (r, c) not in visited and field[r][c] > 0:
        visited.add((r, c))
        grains = field[r][c]
        eaten += grains
        if grains % 2 == 0:
            c = (c + grains) % len(field[r])
        else:
            r = (r + grains) % len(field)
    return r, c, eaten
