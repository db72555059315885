def share(children, living, person, coins, result):
    if person in living:
        result[person] = coins
        return 0
    if person not in children:
        return coins
    heirs = children[person]
    part = coins // len(heirs)
    left = coins - part * (len(heirs) - 1)
    state = 0
    for heir in heirs:
        state += share(children, living, heir, left, result)
        left = part
    return state


def inherit(children, living, person, coins):
    result = {}
    state = share(children, living, person, coins, result)
    ordered = {name: result[name] for name in sorted(result)}
    if state > 0:
        ordered["state"] = state
    return ordered
