"""Baseline: every block alike.

All plans whose knobs of one kind share one value, largest first. The published methods are compared with the
best of these at equal bytes.
"""

from itertools import product

from compress.search.search import Search
from compress.search.space import Code, Space


def search(search: Search) -> None:
    """Measure the uniform plans that fit the budget, largest first; nothing is dropped."""
    fitting = [code for code in uniform_codes(search.space) if search.fits(code)]
    fitting.sort(key=lambda code: (-search.space.total_bytes(code), code))
    search.evaluate_all(fitting, "uniform")


def uniform_codes(space: Space) -> list[Code]:
    """Return the codes whose knobs of one field share one value."""
    fields = dict.fromkeys(knob.field for knob in space.knobs)
    choices = [
        [-1] if field == "dropped" else range(min(len(k.choices) for k in space.knobs if k.field == field))
        for field in fields
    ]
    found = []
    for values in product(*choices):
        at = dict(zip(fields, values, strict=True))
        found.append(tuple(at[k.field] % len(k.choices) for k in space.knobs))
    return list(dict.fromkeys(found))
