def safest(dishes, guests):
    avoiders = {}
    for i, items in enumerate(guests):
        for item in items:
            avoiders.setdefault(item, set()).add(i)
    chosen = []
    lowest = len(guests)
    for name in sorted(dishes):
        unhappy = set()
        for item in dishes[name]:
            unhappy |= avoiders.get(item, set())
        if len(unhappy) < lowest:
            lowest = len(unhappy)
            chosen = [name]
        elif len(unhappy) == lowest:
            chosen.append(name)
    return chosen
