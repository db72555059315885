def bake(loaves, extra):
    saved = [(0, 0), (0, 0)]
    for left, right in zip(loaves, loaves[1:]):
        won = min(left, right) - extra
        paired = (saved[-2][0] + won, saved[-2][1] + 1)
        alone = saved[-1]
        saved.append(paired if paired > alone else alone)
    minutes, pairs = saved[-1]
    return sum(loaves) - minutes, len(loaves) - pairs
