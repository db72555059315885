def trim(hedge, step):
    planned = []
    for here, bush in enumerate(hedge):
        allowed = bush
        for there, other in enumerate(hedge):
            limit = other + step * abs(here - there)
            if limit < allowed:
                allowed = limit
        planned.append(allowed)
    cut = sum(hedge) - sum(planned)
    hedge[:] = planned
    return cut
