def glow(rows):
    lamps = {}
    for r, row in enumerate(rows):
        for c in range(len(row)):
            if row[c] != "#":
                lamps[r, c] = 0 if row[c] == "." else int(row[c])
    total = 0
    reached = []
    for level in range(max(lamps.values(), default=0), 0, -1):
        edge = [spot for spot in lamps if lamps[spot] == level]
        for r, c in reached:
            for spot in [(r, c + 1), (r, c - 1), (r + 1, c), (r - 1, c)]:
                if spot in lamps and spot not in edge:
                    edge.append(spot)
        for spot in edge:
            del lamps[spot]
        total += level * len(edge)
        reached = edge
    return total
