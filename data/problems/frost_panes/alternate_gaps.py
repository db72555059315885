def freeze(width, frost, hours):
    frozen = [pane for pane in range(width) if frost >> pane & 1]
    if not frozen:
        return frost, 0
    longest = min(hours, max(frozen[0], width - 1 - frozen[-1]))
    for pane in range(frozen[0]):
        if frozen[0] - pane <= hours:
            frost += 2**pane
    for pane in range(frozen[-1] + 1, width):
        if pane - frozen[-1] <= hours:
            frost += 2**pane
    for left, right in zip(frozen, frozen[1:]):
        steps = min(hours, (right - left - 1) // 2)
        for step in range(1, steps + 1):
            frost += 2 ** (left + step) + 2 ** (right - step)
        longest = max(longest, steps)
    return frost, longest
