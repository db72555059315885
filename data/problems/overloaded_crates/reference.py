def open_crate(text, at):
    own = 0
    while text[at].isdigit():
        own = own * 10 + int(text[at])
        at += 1
    inside = 0
    bad = 0
    while text[at] == "[":
        weight, count, at = open_crate(text, at + 1)
        inside += weight
        bad += count
    if inside > own:
        bad += 1
    return own + inside, bad, at + 1


def overloaded(manifest):
    total = 0
    bad = 0
    at = 0
    while at < len(manifest):
        weight, count, at = open_crate(manifest, at + 1)
        total += weight
        bad += count
    return total, bad
