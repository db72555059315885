def usage(readings, digits):
    known = [value for value in readings if value is not None]
    gaps = len(readings) - len(known)
    if len(known) < 2:
        return 0, gaps
    rounds = sum(1 for i in range(1, len(known)) if known[i] < known[i - 1])
    used = known[-1] - known[0]
    for _ in range(rounds):
        used += 10**digits
    return used, gaps
