def knit_row(pattern, stitches):
    loops = []
    amount = ""
    for sign in reversed(pattern):
        if sign.isdigit():
            amount = sign + amount
        else:
            times = 1 if amount == "" else int(amount)
            loops = [sign] * times + loops
            amount = ""
    if len(loops) == 0:
        raise ValueError("empty pattern")
    mirrored = loops + loops[::-1]
    rounds = stitches // len(mirrored) + 1
    return "".join(mirrored * rounds)[:stitches]
