def tags(names):
    used = set()
    result = []
    for name in names:
        choices = name[1:] + "1234"
        at = 0
        while name[0] + choices[at] in used:
            at += 1
            if at == len(choices):
                raise ValueError("no tag left")
        used.add(name[0] + choices[at])
        result.append(name[0] + choices[at])
    return result
