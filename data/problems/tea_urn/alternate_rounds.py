def urn_minutes(size, pour, leak):
    gain = 3 * pour - leak
    rounds = 0
    if 3 * pour < size:
        if gain <= 0:
            return -1
        short = size - 3 * pour
        rounds = short // gain
        if short % gain > 0:
            rounds += 1
    need = size - rounds * gain
    started = need // pour
    if started * pour < need:
        started += 1
    return 3 * rounds + started
