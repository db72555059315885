def carousel(size, taken):
    ring = bin(taken)[2:].rjust(size, "0")
    if "0" not in ring:
        return taken, 0
    views = [ring[turn:] + ring[:turn] for turn in range(size)]
    lowest = "2"
    for view in views:
        if view.endswith("0") and view < lowest:
            lowest = view
    return int(lowest, 2), views.index(lowest)
