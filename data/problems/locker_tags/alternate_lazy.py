def candidates(name):
    head, *rest = name
    for letter in rest:
        yield head + letter
    for number in range(1, 5):
        yield f"{head}{number}"


def tags(names):
    owners = {}
    for person, name in enumerate(names):
        for tag in candidates(name):
            if tag not in owners:
                owners[tag] = person
                break
        else:
            raise ValueError(name)
    return list(owners)
