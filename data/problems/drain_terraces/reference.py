def drain(terraces, limit):
    runoff = []
    last = len(terraces) - 1
    for r, row in enumerate(terraces):
        for c in range(len(row)):
            surplus = row[c] - limit if row[c] > limit else 0
            row[c] -= surplus
            if r < last:
                terraces[r + 1][c] += surplus
            else:
                runoff.append(surplus)
    return runoff
