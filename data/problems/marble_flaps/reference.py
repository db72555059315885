def drop(board, marbles):
    flaps = [list(row) for row in board]
    out = []
    for column in marbles:
        for row in flaps:
            flap = row[column]
            if flap == ".":
                continue
            if flap == "/":
                row[column] = "\\"
                column -= 1
            else:
                row[column] = "/"
                column += 1
            if column < 0 or column == len(row):
                column = -1
                break
        out.append(column)
    return out
