def drain(terraces, limit):
    width = len(terraces[0]) if terraces else 0
    spill = [0] * width
    for column in range(width):
        carry = 0
        for basins in terraces:
            water = basins[column] + carry
            basins[column] = min(water, limit)
            carry = water - basins[column]
        spill[column] = carry
    return spill
