def expand(code):
    if code == "":
        return ""
    end = 1
    for char in code[1:]:
        if not char.isdigit():
            break
        end += 1
    head = code[0] * int(code[1:end] or "1")
    return head + expand(code[end:])


def weave(strand, rest):
    if rest <= len(strand):
        return strand[:rest]
    return strand + weave(strand[::-1], rest - len(strand))


def knit_row(pattern, stitches):
    strand = expand(pattern)
    if strand == "":
        raise ValueError("empty pattern")
    return weave(strand, stitches)
