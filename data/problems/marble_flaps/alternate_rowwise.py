def drop(board, marbles):
    places = list(marbles)
    for line in board:
        hits = {}
        for number, place in enumerate(places):
            if place == -1 or line[place] == ".":
                continue
            passed = hits.get(place, 0)
            hits[place] = passed + 1
            leftward = (line[place] == "/") == (passed % 2 == 0)
            place += -1 if leftward else 1
            places[number] = -1 if place == len(line) else place
    return places
