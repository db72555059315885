def passage(text, at, side):
    x = y = 0
    while at < len(text) and text[at] != ")":
        step = text[at]
        at += 1
        if step == "(":
            right, ahead, at = passage(text, at, -side)
            x += right
            y += ahead
            continue
        times = 1
        if text[at : at + 1].isdigit():
            times = int(text[at])
            at += 1
        if step in "lr":
            x += side * times if step == "r" else -side * times
        else:
            y += times if step == "f" else -times
    return x, y, at + 1


def dance(text):
    return passage(text, 0, 1)[:2]
