def sunny_beds(garden):
    result = [0] * len(garden)
    for r, line in enumerate(garden):
        dark = set()
        for c, tall in enumerate(line):
            if tall > 0:
                dark.update(range(c, c + tall + 1))
        lit = {c for c in range(len(line)) if c not in dark}
        result[r] = len(lit)
    return result
