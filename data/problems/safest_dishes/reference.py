def safest(dishes, guests):
    refusals = {}
    for dish, contents in dishes.items():
        refusals[dish] = 0
        for avoided in guests:
            if set(avoided) & set(contents):
                refusals[dish] += 1
    if not refusals:
        return []
    fewest = min(refusals.values())
    return sorted(dish for dish, count in refusals.items() if count == fewest)
