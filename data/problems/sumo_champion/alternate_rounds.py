def champion(energies):
    line = list(enumerate(energies))
    while len(line) > 1:
        ahead = []
        for i in range(1, len(line), 2):
            best, other = line[i - 1], line[i]
            if best[1] < other[1]:
                best, other = other, best
            ahead.append((best[0], best[1] - other[1] // 2))
        if len(line) % 2 == 1:
            ahead.append(line[-1])
        line = ahead
    return line[0] if line else None
