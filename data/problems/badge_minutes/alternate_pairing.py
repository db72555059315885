def clock_value(text):
    return int(text[:2]) * 60 + int(text[3:])


def minutes_inside(swipes, close):
    names = [entry[:-6] for entry in swipes]
    times = [clock_value(entry[-5:]) for entry in swipes]
    if times != sorted(times):
        raise ValueError("clock went backwards")
    result = {}
    for person in names:
        if person in result:
            continue
        mine = [time for who, time in zip(names, times) if who == person]
        if len(mine) % 2 == 1:
            mine.append(clock_value(close))
        result[person] = sum(mine[1::2]) - sum(mine[::2])
    return result
