def timetable(heights, draught, crossing):
    departures = []
    now = 0
    while now + crossing <= len(heights):
        window = heights[now : now + crossing]
        deep = all(level >= draught for level in window)
        if deep:
            departures.append(now)
        now += crossing if deep else 1
    return departures
