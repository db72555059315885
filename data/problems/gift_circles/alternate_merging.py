def circles(gifts):
    groups = [[name] for name in gifts]
    happy = []
    for giver, getter in gifts.items():
        if getter in happy or getter not in gifts:
            raise ValueError(getter)
        happy.append(getter)
        one = next(group for group in groups if giver in group)
        other = next(group for group in groups if getter in group)
        if one is not other:
            low, high = sorted([groups.index(one), groups.index(other)])
            groups[low] += groups.pop(high)
    return [len(group) for group in groups]
