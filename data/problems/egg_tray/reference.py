def lay(size, tray, eggs):
    order = []
    for _ in range(eggs):
        best = None
        least = 3
        for hollow in range(size):
            if tray >> hollow & 1:
                continue
            around = (tray << 1 >> hollow & 1) + (tray >> hollow + 1 & 1)
            if around < least:
                best = hollow
                least = around
        if best is None:
            raise ValueError("the tray is full")
        tray |= 1 << best
        order.append(best)
    return order, tray
