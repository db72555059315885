def take_shirts(pile, wishes):
    count = 0
    for wish in wishes:
        try:
            at = pile.index(wish)
        except ValueError:
            continue
        above = pile[at + 1 :]
        count += len(above)
        pile[at:] = above if len(above) <= 2 else above[::-1]
    return count
