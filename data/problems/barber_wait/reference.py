def barber(customers, cut):
    free = 0
    last = 0
    left = 0
    for arrival, patience in customers:
        start = max(arrival, free)
        if start - arrival > patience:
            left += 1
            continue
        free = start + cut
        last = free
    return last, left
