def bake(loaves, extra):
    before = (0, 0)
    now = (0, 0)
    for place, minutes in enumerate(loaves):
        best = (now[0] + minutes, now[1] + 1)
        if place > 0:
            slower = max(minutes, loaves[place - 1])
            pair = (before[0] + slower + extra, before[1] + 1)
            if pair < best:
                best = pair
        before = now
        now = best
    return now
