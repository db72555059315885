def circles(gifts):
    if sorted(gifts) != sorted(gifts.values()):
        raise ValueError("not everybody gets one present")
    waiting = dict(gifts)
    sizes = []
    for person in gifts:
        size = 0
        try:
            while True:
                person = waiting.pop(person)
                size += 1
        except KeyError:
            if size > 0:
                sizes.append(size)
    return sizes
