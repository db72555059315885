def knit_row(pattern, stitches):
    unit = ""
    at = 0
    while at < len(pattern):
        letter = pattern[at]
        at += 1
        digits = ""
        while at < len(pattern) and pattern[at].isdigit():
            digits += pattern[at]
            at += 1
        unit += letter * int(digits) if digits else letter
    if not unit:
        raise ValueError("empty pattern")
    row = ""
    for number in range(stitches):
        turn, place = divmod(number, len(unit))
        row += unit[place] if turn % 2 == 0 else unit[-1 - place]
    return row
