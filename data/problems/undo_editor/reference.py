def typed(keys):
    line = ""
    undone = []
    for key in keys:
        if key == "<":
            if line:
                end = len(line) - 1
                if line[end] == ".":
                    while end > 0 and line[end - 1] != ".":
                        end -= 1
                undone.append(line[end:])
                line = line[:end]
        elif key == ">":
            if undone:
                line += undone.pop()
        else:
            line += key
            undone.clear()
    return line
