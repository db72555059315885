def count_rows(length, colours, ugly):
    if length == 0:
        return 1
    ending = {colour: 1 for colour in colours}
    for _ in range(length - 1):
        longer = {}
        for last in colours:
            longer[last] = 0
            for colour, ways in ending.items():
                if colour + last not in ugly:
                    longer[last] += ways
        ending = longer
    return sum(ending.values())
