def heat(readings, low, high):
    result = ""
    changes = 0
    at = 0
    while len(result) < len(readings):
        warm = changes % 2 == 1
        while at < len(readings):
            degrees = readings[at]
            if warm and degrees > high or not warm and degrees < low:
                break
            at += 1
        result += "-+"[warm] * (at - len(result))
        if at < len(readings):
            changes += 1
            result += "+-"[warm]
            at += 3
    return result[: len(readings)], changes
