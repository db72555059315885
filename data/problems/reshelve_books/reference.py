def reshelve(shelf, returned):
    moved = 0
    for title in returned:
        if title in shelf:
            place = shelf.index(title)
            shelf.insert(0, shelf.pop(place))
            moved += place
        else:
            shelf.append(title)
    return moved
