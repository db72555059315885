def is_lit(cells, spot):
    if cells[spot] > 0:
        return False
    return not any(cells[left] >= spot - left for left in range(spot))


def sunny_beds(garden):
    answer = []
    for cells in garden:
        total = sum(1 for spot in range(len(cells)) if is_lit(cells, spot))
        answer.append(total)
    return answer
