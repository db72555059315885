def mirror(pattern):
    result = ""
    for sign in pattern:
        result = ("^" if sign == "v" else "v") + result
    return result


def crease(folds, place):
    pattern = ""
    for fold in folds:
        if fold == "o":
            pattern = pattern + "v" + mirror(pattern)
        else:
            pattern = mirror(pattern) + "^" + pattern
    if place < 0 or place >= len(pattern):
        raise IndexError(place)
    return pattern[place]
