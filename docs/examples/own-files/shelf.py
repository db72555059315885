"""Books on shelves."""


def shelve(widths, shelf):
    """Put books on shelves from left to right; return how many shelves it takes, and the widest gap left.

    >>> shelve([4, 3, 5, 2], 8)
    (2, 1)
    >>> shelve([], 8)
    (0, 0)
    >>> shelve([8, 1, 8], 8)
    (3, 7)
    >>> shelve([2, 2, 2, 2, 2], 5)
    (3, 3)
    """
    shelves = 0
    gap = 0
    free = 0
    for width in widths:
        if width > free:
            if shelves > 0:
                gap = max(gap, free)
            shelves += 1
            free = shelf
        free -= width
    return shelves, max(gap, free)
