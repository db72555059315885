def dance(text):
    place = 0
    depth = 0
    for at, sign in enumerate(text):
        if sign in "()":
            depth += 1 if sign == "(" else -1
        elif sign.isalpha():
            follower = text[at + 1 :][:1]
            length = int(follower) if follower.isdecimal() else 1
            heading = {"l": -1, "r": 1, "f": 1j, "b": -1j}[sign]
            if depth % 2 == 1:
                heading = -heading.conjugate()
            place += length * heading
    return int(place.real), int(place.imag)
