def claim(bags, owners):
    minute = 0
    handed = []
    waiting = bags
    for _ in range(2):
        again = []
        for name in waiting:
            minute += 1
            try:
                late = owners.index(name) >= minute
            except ValueError:
                late = True
            if late:
                again.append(name)
            else:
                handed.append(name)
        waiting = again
    return handed, waiting
