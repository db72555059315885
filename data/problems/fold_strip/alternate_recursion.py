def fold(strip):
    if len(strip) == 1:
        return strip[0], 0
    middle = len(strip) // 2
    met = 0
    folded = []
    for left, right in zip(strip[:middle], reversed(strip)):
        if left == right:
            met += 1
        folded.append(0 if left == right else left + right)
    if len(strip) % 2 == 1:
        folded.append(strip[middle])
    last, later = fold(folded)
    return last, met + later
