def offer(giver, taker):
    for number in sorted(giver):
        if giver.count(number) > 1 and number not in taker:
            return number
    return None


def swaps(mine, yours):
    done = []
    mine = list(mine)
    yours = list(yours)
    while True:
        given = offer(mine, yours)
        got = offer(yours, mine)
        if given is None or got is None:
            return done
        mine.remove(given)
        yours.append(given)
        yours.remove(got)
        mine.append(got)
        done.append((given, got))
