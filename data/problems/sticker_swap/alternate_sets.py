def doubles(stickers):
    once = set()
    twice = set()
    for sticker in stickers:
        if sticker in once:
            twice.add(sticker)
        once.add(sticker)
    return once, twice


def swaps(mine, yours):
    own, spare = doubles(mine)
    other, wanted = doubles(yours)
    gives = sorted(spare - other)
    gets = sorted(wanted - own)
    pairs = []
    while gives and gets:
        pairs.append((gives.pop(0), gets.pop(0)))
    return pairs
