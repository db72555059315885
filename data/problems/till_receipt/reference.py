def cost_of(line):
    *count, _, price = line.split(" ")
    pieces = 1
    if count:
        [number] = count
        pieces = int(number)
    return (pieces - pieces // 3) * int(price)


def till(lines):
    entries = []
    bad = 0
    for line in lines:
        try:
            if line == "void":
                entries.pop()
            else:
                entries.append(cost_of(line))
        except (ValueError, IndexError):
            bad += 1
    return sum(entries), bad
