def timetable(heights, draught, crossing):
    starts = []
    run = 0
    for hour, height in enumerate(heights):
        if height >= draught:
            run += 1
        else:
            run = 0
        if run == crossing:
            starts.append(hour - crossing + 1)
            run = 0
    return starts
