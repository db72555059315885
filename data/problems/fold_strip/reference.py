def fold(strip):
    equal = 0
    end = len(strip)
    cells = list(strip)
    while end > 1:
        for place in range(end // 2):
            other = end - 1 - place
            if cells[place] == cells[other]:
                cells[place] = 0
                equal += 1
            else:
                cells[place] += cells[other]
        end = (end + 1) // 2
    return cells[0], equal
