def usage(readings, digits):
    total = 0
    missed = 0
    previous = None
    for reading in readings:
        if reading is None:
            missed += 1
            continue
        if previous is not None:
            total += reading - previous
            if reading < previous:
                total += 10**digits
        previous = reading
    return total, missed
