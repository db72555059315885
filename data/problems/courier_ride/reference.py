def fastest(legs, charge):
    best = {charge: 0}
    for leg in legs:
        after = {}
        for left, minutes in best.items():
            slow = minutes + 3 * leg
            after[left + 1] = min(slow, after.get(left + 1, slow))
            if leg <= left:
                quick = minutes + leg
                after[left - leg] = min(quick, after.get(left - leg, quick))
        best = after
    return min(best.values())
