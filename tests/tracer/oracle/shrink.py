"""Makes the program of a difference smaller."""

from dataclasses import replace

from tests.tracer.oracle.compare import Case, Difference, compare
from tests.tracer.oracle.machine import Machine


def shrunk(difference: Difference, machine: Machine, *, most: int = 400) -> Difference:
    """Return a difference of the same kind of query in a program with fewer lines."""
    best = difference
    tries = 0
    size = max(1, len(best.case.code.splitlines()) // 2)
    while size and tries < most:
        smaller = None
        lines = best.case.code.split("\n")
        for start in range(0, len(lines), size):
            tries += 1
            smaller = _difference(best, "\n".join(lines[:start] + lines[start + size :]), machine)
            if smaller is not None or tries >= most:
                break
        if smaller is not None:
            best = smaller
        else:
            size //= 2
    return best


def _difference(known: Difference, code: str, machine: Machine) -> Difference | None:
    try:
        compile(code, "<smaller>", "exec")
    except SyntaxError:
        return None
    case: Case = replace(known.case, code=code)
    tally = compare([case], machine, most=1_000)
    same = [
        one
        for one in tally.differences
        if one.query.kind == known.query.kind and one.oracle.startswith("none:") == known.oracle.startswith("none:")
    ]
    return same[0] if same else None
