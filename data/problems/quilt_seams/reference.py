def seam(one, other):
    if one == other:
        return 0
    if one.lower() == other.lower():
        return 1
    return 3 if one.isupper() and other.isupper() else 2


def thread(quilt):
    total = 0
    for r, row in enumerate(quilt):
        for c, patch in enumerate(row):
            if c > 0:
                total += seam(row[c - 1], patch)
            if r > 0:
                total += seam(quilt[r - 1][c], patch)
    return total
