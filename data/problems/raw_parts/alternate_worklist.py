def raw_parts(kits, name, count):
    pending = [(name, count)]
    pieces = {}
    while pending:
        item, times = pending.pop()
        if item in kits:
            for child in kits[item]:
                pending.append((child, kits[item][child] * times))
        elif item in pieces:
            pieces[item] += times
        else:
            pieces[item] = times
    return dict(sorted(pieces.items()))
