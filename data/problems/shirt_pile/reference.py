def take_shirts(pile, wishes):
    lifts = 0
    for wish in wishes:
        if wish not in pile:
            continue
        chair = []
        while pile[-1] != wish:
            chair.append(pile.pop())
            lifts += 1
        pile.pop()
        if len(chair) > 2:
            pile.extend(chair)
        else:
            while chair:
                pile.append(chair.pop())
    return lifts
