def bake(loaves, extra):
    if len(loaves) == 0:
        return 0, 0
    total, batches = bake(loaves[1:], extra)
    total += loaves[0]
    if len(loaves) > 1:
        later, fewer = bake(loaves[2:], extra)
        later += extra + max(loaves[:2])
        if later < total or (later == total and fewer < batches):
            return later, fewer + 1
    return total, batches + 1
