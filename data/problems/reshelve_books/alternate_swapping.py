def reshelve(shelf, returned):
    steps = 0
    for book in returned:
        spot = 0
        while spot < len(shelf) and shelf[spot] != book:
            spot += 1
        if spot == len(shelf):
            shelf.append(book)
            continue
        for back in range(spot, 0, -1):
            shelf[back], shelf[back - 1] = shelf[back - 1], shelf[back]
            steps += 1
    return steps
