MOVES = {
    "shut": ("one", "miss", "shut"),
    "miss": ("one", "two misses", "miss"),
    "two misses": ("one", "jam", "two misses"),
    "one": ("two", "shut", "one"),
    "two": ("two", "one", "two"),
    "jam": ("jam", "jam", "shut"),
}


def gate(events):
    state = "shut"
    counts = {"pass": 0, "back": 0, "jam": 0}
    for sign in events:
        after = MOVES[state]["cpk".index(sign)]
        if sign == "c" and after == state:
            counts["back"] += 1
        elif sign == "p" and state in ("one", "two"):
            counts["pass"] += 1
        elif after == "jam" and state != "jam":
            counts["jam"] += 1
        state = after
    return tuple(counts.values())
