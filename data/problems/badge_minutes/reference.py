def to_minutes(clock):
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def minutes_inside(swipes, close):
    totals = {}
    entered = {}
    last = 0
    for swipe in swipes:
        name, clock = swipe.split(" ")
        now = to_minutes(clock)
        if now < last:
            raise ValueError("clock went backwards")
        last = now
        if name in entered:
            totals[name] += now - entered.pop(name)
        else:
            entered[name] = now
            totals.setdefault(name, 0)
    for name, start in entered.items():
        totals[name] += to_minutes(close) - start
    return totals
