def inherit(children, living, person, coins):
    parts = {person: coins}
    state = 0
    reached = [person]
    for name in reached:
        if name in living:
            continue
        amount = parts.pop(name)
        heirs = children.get(name, [])
        if not heirs:
            state += amount
        for number, heir in enumerate(heirs):
            parts[heir] = amount // len(heirs)
            if number == 0:
                parts[heir] += amount % len(heirs)
        reached.extend(heirs)
    result = dict(sorted(parts.items()))
    return {**result, "state": state} if state else result
