def carousel(size, taken):
    best = None
    turns = 0
    seats = taken
    for turn in range(size):
        if seats & 1 == 0 and (best is None or seats < best):
            best = seats
            turns = turn
        seats <<= 1
        if seats >> size == 1:
            seats -= (1 << size) - 1
    return (taken, 0) if best is None else (best, turns)
