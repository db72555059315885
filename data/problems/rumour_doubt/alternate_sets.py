def spread(friends, start):
    known = {start}
    order = [start]
    today = 0
    while today < len(order):
        once = set()
        often = set()
        for teller in order[today:]:
            group = set(friends[teller]) - known
            often |= once & group
            once |= group
        today = len(order)
        order.extend(sorted(once - often))
        known |= once
    return order, len(known) - len(order)
