def urn_minutes(size, pour, leak):
    level = 0
    minute = 0
    while level < size:
        minute += 1
        level += pour
        if minute % 3 == 0 and level < size:
            if leak >= level:
                return -1
            level -= leak
    return minute
