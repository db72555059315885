def trim(hedge, step):
    cut = 0
    todo = list(range(len(hedge)))
    while todo:
        low = min(todo, key=lambda i: hedge[i])
        todo.remove(low)
        for near in (low - 1, low + 1):
            if near in todo and hedge[near] - hedge[low] > step:
                cut += hedge[near] - hedge[low] - step
                hedge[near] = hedge[low] + step
    return cut
