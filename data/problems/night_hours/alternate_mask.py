def openings(times):
    day = (1 << 24) - 1
    mask = 0
    for part in filter(None, times.split(",")):
        begin, _, end = part.partition("-")
        begin, end = int(begin), int(end)
        if max(begin, end) >= 24:
            raise ValueError("no such hour")
        if begin < end:
            mask |= (1 << end) - (1 << begin)
        else:
            mask |= day & -(1 << begin) | (1 << end) - 1
    starts = mask & ~(mask << 1 | mask >> 23)
    found = []
    while starts:
        lowest = starts & -starts
        found.append(lowest.bit_length() - 1)
        starts -= lowest
    return found
