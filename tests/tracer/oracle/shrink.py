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
        start = 0
        found = False
        while tries < most and start < len(lines := best.case.code.split("\n")):
            tries += 1
            smaller = _difference(best, "\n".join(lines[:start] + lines[start + size :]), machine)
            if smaller is None:
                start += size
            else:
                best, found = smaller, True
        if size == 1 and not found:
            break
        size = max(1, size // 2) if not (size == 1 and found) else 1
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
        if one.query.kind == known.query.kind
        and one.oracle.startswith("none:") == known.oracle.startswith("none:")
    ]
    return same[0] if same else None
