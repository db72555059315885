def save(goals, moves):
    total = 0
    given = 0
    failed = 0
    for move in moves:
        after = total + move
        if after < 0:
            failed += 1
            continue
        total = min(after, sum(goals))
        given += after - total
    contents = []
    for goal in goals:
        part = goal if goal < total else total
        contents.append(part)
        total -= part
    return contents, given, failed
