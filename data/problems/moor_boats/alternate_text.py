def moor(berths, taken, boats):
    quay = ""
    for bit in range(berths):
        quay += "#" if taken >> bit & 1 else "-"
    found = []
    for size in boats:
        at = quay.find("-" * size)
        if at != -1:
            quay = quay[:at] + "#" * size + quay[at + size :]
        found.append(at)
    return found
