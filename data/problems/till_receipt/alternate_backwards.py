def till(lines):
    total = 0
    void = 0
    bad = 0
    depth = 0
    good = []
    for line in lines:
        words = ["1", *line.split()][-3:]
        fits = 1 < len(words) <= 3 and words[0].isdigit() and words[-1].isdigit()
        if line == "void" and depth > 0:
            depth -= 1
            good.append(words)
        elif fits and line.count(" ") in (1, 2):
            depth += 1
            good.append(words)
        else:
            bad += 1
    for words in reversed(good):
        if words[-1] == "void":
            void += 1
        elif void > 0:
            void -= 1
        else:
            full, rest = divmod(int(words[0]), 3)
            total += (2 * full + rest) * int(words[-1])
    return total, bad
