def find_dry(pipe, force):
    stack = [(pipe, force, "")]
    while stack:
        (name, loss, branches), pressure, path = stack.pop()
        pressure -= loss
        path += name
        if pressure < 0:
            return path
        for branch in reversed(branches):
            stack.append((branch, pressure, path + "/"))
    return None
