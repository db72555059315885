def dance(text):
    steps = []
    opened = []
    swap = {"l": "r", "r": "l"}
    for sign in text:
        if sign == "(":
            opened.append(len(steps))
        elif sign == ")":
            start = opened.pop()
            steps[start:] = [(swap.get(way, way), times) for way, times in steps[start:]]
        elif sign.isdigit():
            steps[-1] = (steps[-1][0], int(sign))
        else:
            steps.append((sign, 1))
    totals = {"l": 0, "r": 0, "b": 0, "f": 0}
    for way, times in steps:
        totals[way] += times
    return totals["r"] - totals["l"], totals["f"] - totals["b"]
