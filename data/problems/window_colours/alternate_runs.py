def column_colours(rows):
    picture = []
    for x in range(len(rows[0]) if rows else 0):
        longest = 0
        length = 0
        previous = "."
        winner = "."
        for colour in sorted(line[x] for line in rows if line[x].isalpha()):
            length = length + 1 if colour == previous else 1
            previous = colour
            if length > longest:
                longest = length
                winner = colour
        picture.append(winner)
    return "".join(picture)
