def timetable(heights, draught, crossing):
    shallow = [0]
    for level in heights:
        extra = 1 if level < draught else 0
        shallow.append(shallow[-1] + extra)
    trips = []
    free = 0
    for end in range(crossing, len(shallow)):
        begin = end - crossing
        if begin >= free and shallow[end] == shallow[begin]:
            trips.append(begin)
            free = end
    return trips
