def lift_label(floor, digit, bad):
    label = 0
    while floor > 0:
        label += 1
        if label % bad == 0:
            continue
        rest = label
        while rest > 0 and rest % 10 != digit:
            rest //= 10
        if rest == 0:
            floor -= 1
    return label
