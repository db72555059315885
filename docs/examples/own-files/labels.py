"""Labels for jars."""


def labels(names):
    """Give each jar a label; a name that came before gets a number.

    >>> labels(["fig", "plum", "fig"])
    ['fig', 'plum', 'fig 2']
    >>> labels([])
    []
    >>> labels(["", "fig", ""])
    ['?', 'fig', '? 2']
    >>> labels(["a", "a", "a", "b"])
    ['a', 'a 2', 'a 3', 'b']
    """
    seen = {}
    made = []
    for name in names:
        if not name:
            name = "?"
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            made.append(f"{name} {seen[name]}")
        else:
            made.append(name)
    return made
