def press(windows, switches):
    width = len(windows[0]) if windows else 0
    lit = []
    for text in windows:
        number = 0
        for sign in text:
            number = 2 * number + (sign == "*")
        lit.append(number)
    for r, c in switches:
        if bin(lit[r]).count("1") % 2 == 0:
            lit[r] ^= 2**width - 1
        else:
            lit = [number ^ 1 << width - 1 - c for number in lit]
    return [f"{number:0{width}b}".replace("0", ".").replace("1", "*") for number in lit]
