def moor(berths, taken, boats):
    places = []
    for length in boats:
        block = (1 << length) - 1
        start = 0
        while start + length <= berths and taken & (block << start) != 0:
            start += 1
        if start + length <= berths:
            taken |= block << start
            places.append(start)
        else:
            places.append(-1)
    return places
