def finish(code, top, length, worn):
    if len(code) == length:
        yield "".join(map(str, code))
        return
    turns = [(code[-1] - 1) % top, (code[-1] + 1) % top]
    for digit in sorted(turns):
        if digit != worn or worn not in code:
            yield from finish([*code, digit], top, length, worn)


def codes(top, length, first, worn):
    return list(finish([first], top, length, worn))
