def fastest(legs, charge):
    if not legs:
        return 0
    length = legs[0]
    pushed = 3 * length + fastest(legs[1:], charge + 1)
    if charge < length:
        return pushed
    ridden = length + fastest(legs[1:], charge - length)
    return ridden if ridden < pushed else pushed
