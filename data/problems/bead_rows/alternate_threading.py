def finish(row, length, colours, ugly):
    if len(row) == length:
        return 1
    found = 0
    for bead in colours:
        if row and row[-1] + bead in ugly:
            continue
        found += finish(row + bead, length, colours, ugly)
    return found


def count_rows(length, colours, ugly):
    return finish("", length, colours, ugly)
