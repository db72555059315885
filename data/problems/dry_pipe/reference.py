class Dry(Exception):
    pass


def flow(pipe, force):
    name, loss, branches = pipe
    if loss > force:
        raise Dry(name)
    for branch in branches:
        try:
            flow(branch, force - loss)
        except Dry as found:
            raise Dry(f"{name}/{found}") from None


def find_dry(pipe, force):
    try:
        flow(pipe, force)
    except Dry as found:
        return str(found)
    return None
