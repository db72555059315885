def story(tellers):
    parts = []
    for place, (name, lines) in enumerate(tellers.items()):
        turn = 0
        for number, line in enumerate(lines, 1):
            goes_on = line[-3:] == "..."
            if goes_on and number == len(lines):
                line = line[:-3]
            parts.append((turn, place, number, f"{name}: {line}"))
            if not goes_on:
                turn += 1
    parts.sort()
    return [part[3] for part in parts]
