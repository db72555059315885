def ring_round(lines, rounds):
    ends = {}
    broken = 0
    for name, script in lines.items():
        waits = len(script) - len(script.lstrip("b"))
        if waits >= rounds or waits == len(script):
            continue
        if script[waits] == "o":
            ends.setdefault(waits, []).append(name)
        else:
            broken += 1
    if broken > 1:
        raise ConnectionError(f"{broken} dead lines")
    order = []
    for waits in sorted(ends):
        order.extend(ends[waits])
    return order
