def ring(bells, changes):
    circle = 2 * bells
    order = [0] * bells
    for bell in range(bells):
        start = bell if bell % 2 == 0 else circle - 1 - bell
        spot = (start + changes) % circle
        if spot >= bells:
            spot = circle - 1 - spot
        order[spot] = bell + 1
    return order, changes // circle + 1 + (changes + 1) // circle
