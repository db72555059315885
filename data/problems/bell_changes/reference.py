from itertools import islice


def rows(bells):
    row = list(range(1, bells + 1))
    first = 0
    while True:
        yield row
        for place in range(first, bells - 1, 2):
            row[place], row[place + 1] = row[place + 1], row[place]
        first = 1 - first


def ring(bells, changes):
    leads = 0
    row = []
    for row in islice(rows(bells), changes + 1):
        if row[0] == 1:
            leads += 1
    return row, leads
