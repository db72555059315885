"""What the values of a program's expressions can be, as far as their effects depend on it."""

from functools import lru_cache

import libcst as cst

from variants.analysis.builtin_effects import ITERATOR_MAKERS
from variants.analysis.builtin_kinds import Kinds
from variants.analysis.inference import ANY, NUMBER, SEQUENCE, WHOLE
from variants.analysis.program import Program

SIZED: Kinds = SEQUENCE | {"dict", "set"}
HASHABLE: Kinds = NUMBER | {"str", "bytes", "NoneType"}
REAL: Kinds = WHOLE | {"float"}
_TYPES: dict[str, type] = {
    kind.__name__: kind for kind in (int, bool, float, complex, str, tuple, list, dict, set, bytes, range)
}


def is_plain(program: Program, *nodes: cst.BaseExpression) -> bool:
    """Whether operators on these values run no code of the program."""
    return program.has_plain_types or all(program.types.kinds(node) != ANY for node in nodes)


def is_still(program: Program, value: cst.BaseExpression) -> bool:
    """Whether going through the value leaves it as it was (it is no iterator)."""
    return program.types.is_only(value, SIZED) or _has_no_iterators(program)


@lru_cache(maxsize=8)
def _has_no_iterators(program: Program) -> bool:
    """Whether no iterator can come up: arguments are literals, and the program makes none."""
    makes = cst.Yield, cst.GeneratorExp
    return program.has_plain_types and program.names.isdisjoint(ITERATOR_MAKERS) and not program.nodes(*makes)


def have_attribute(kinds: Kinds, name: str) -> bool:
    """Whether values of all these types have an attribute."""
    return all(hasattr(_TYPES.get(kind), name) for kind in kinds)
