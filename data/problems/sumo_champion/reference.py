def winner(energies, low, high):
    if high - low == 1:
        return low, energies[low]
    size = 1
    while size * 2 < high - low:
        size *= 2
    first, left = winner(energies, low, low + size)
    second, right = winner(energies, low + size, high)
    if left >= right:
        return first, left - right // 2
    return second, right - left // 2


def champion(energies):
    if not energies:
        return None
    return winner(energies, 0, len(energies))
