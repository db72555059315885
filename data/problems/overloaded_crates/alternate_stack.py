def overloaded(manifest):
    flagged = 0
    stack = [[0, 0]]
    for mark in manifest:
        if mark == "[":
            stack.append([0, 0])
        elif mark == "]":
            shell, load = stack.pop()
            if load > shell:
                flagged += 1
            stack[-1][1] += shell + load
        else:
            stack[-1][0] = stack[-1][0] * 10 + int(mark)
    return (stack[0][1], flagged)
