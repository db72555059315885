def crease(folds, place):
    if not 0 <= place < 2 ** len(folds) - 1:
        raise IndexError("no such crease")
    signs = "v^"
    level = len(folds) - 1
    middle = (1 << level) - 1
    while place != middle:
        over = folds[level] == "o"
        if over == (place > middle):
            signs = signs[::-1]
            place = 2 * middle - place if over else middle - 1 - place
        elif not over:
            place -= middle + 1
        level -= 1
        middle >>= 1
    return signs["ou".index(folds[level])]
