"""What a variable is for, as far as its uses tell, and what people call such variables."""

from collections.abc import Iterator, Sequence

import libcst as cst

from variants.analysis.bindings import Binding
from variants.analysis.inference import ANY, NUMBER
from variants.analysis.program import Program
from variants.rewriting.naming import names_for

#: Good names for each role.
ROLE_NAMES: dict[str, tuple[str, ...]] = {
    "index": ("index", "position", "idx", "pos", "place", "step", "number", "offset", "i", "j", "k"),
    "character": ("char", "letter", "character", "symbol", "ch", "glyph", "sign"),
    "item": ("item", "element", "entry", "value", "current", "member", "each", "candidate"),
    "key": ("key", "name", "label", "field", "identifier"),
    "count": ("count", "counter", "tally", "matches", "hits", "occurrences", "n_found"),
    "total": ("total", "running_total", "accumulated", "amount", "overall", "sum_so_far", "balance"),
    "built": ("output", "built", "text", "joined", "result", "assembled", "answer"),
    "collected": ("result", "collected", "output", "found", "gathered", "answer", "results", "kept"),
    "list": ("values", "entries", "elements", "sequence", "items", "listed"),
    "mapping": ("mapping", "table", "lookup", "by_key", "records", "counts", "registry"),
    "set": ("seen", "unique", "visited", "distinct", "known", "members"),
    "flag": ("flag", "found", "is_valid", "ok", "matched", "success"),
    "text": ("text", "string", "sentence", "message", "source", "content", "phrase", "word"),
    "numbers": ("numbers", "values", "nums", "amounts", "figures", "data"),
    "items": ("items", "elements", "sequence", "entries", "collection", "data", "values"),
    "number": ("number", "n", "amount", "limit", "quantity", "num", "value"),
    "value": ("value", "given", "argument", "target", "wanted", "reference"),
}
#: Names that say something else than the role, in words that programs use.
MISLEADING_NAMES: dict[str, tuple[str, ...]] = {
    "index": ("items", "text", "is_last", "words", "result", "minimum", "table"),
    "character": ("index", "total", "numbers", "table", "count", "matrix"),
    "item": ("index", "count", "table", "length", "position", "total"),
    "key": ("total", "values", "is_empty", "amount", "index"),
    "count": ("names", "text", "is_done", "largest", "letters", "mapping"),
    "total": ("difference", "first_word", "is_empty", "smallest", "label", "names"),
    "built": ("total", "numbers", "index", "is_ready", "count", "matrix"),
    "collected": ("is_done", "total", "text", "index", "maximum", "counter"),
    "list": ("total", "is_done", "letter", "count", "number", "mapping"),
    "mapping": ("total", "words", "index", "letters", "is_sorted", "stack"),
    "set": ("average", "text", "index", "total", "is_odd", "queue"),
    "flag": ("count", "values", "index", "name", "total", "items"),
    "text": ("numbers", "count", "matrix", "total", "is_valid", "mapping", "limit"),
    "numbers": ("word", "letters", "sentence", "flag", "total", "index", "name"),
    "items": ("total", "count", "letter", "is_done", "maximum", "number"),
    "number": ("names", "text", "letters", "is_empty", "matrix", "words"),
    "value": ("index", "names", "matrix", "is_done", "total", "words"),
}
_TEXT_METHODS = frozenset(
    {
        *("split", "lower", "upper", "isalpha", "isdigit", "isupper", "islower", "replace", "strip", "title"),
        *("startswith", "endswith", "find", "rfind", "swapcase", "isnumeric", "isspace", "isalnum", "center"),
        *("splitlines", "rsplit", "lstrip", "rstrip", "zfill", "capitalize", "partition", "encode", "ljust"),
    }
)
_LIST_METHODS = frozenset({"append", "extend", "insert", "sort", "reverse", "remove"})
_DICT_METHODS = frozenset({"items", "keys", "values", "get", "setdefault", "update"})
_BY_KIND = {"list": "list", "dict": "mapping", "set": "set", "bool": "flag", "str": "text"}


def role_of(program: Program, bindings: Sequence[Binding]) -> str | None:
    """The role of the variables of one name; None where nothing tells it, or they differ."""
    roles = {_role(program, binding) for binding in bindings}
    return roles.pop() if len(roles) == 1 else None


def names_of(program: Program, bindings: Sequence[Binding]) -> tuple[str, ...]:
    """Good names for the variables of one name; none where their role is not clear."""
    values = [value for binding in bindings if (value := _only_value(program, binding)) is not None]
    value = values[0] if len(bindings) == 1 and values else None
    if isinstance(value, cst.BinaryOperation) or (isinstance(value, cst.Call) and value.args):
        return names_for(program, value)
    role = role_of(program, bindings)
    return ROLE_NAMES[role] if role is not None else ()


def _role(program: Program, binding: Binding) -> str | None:
    if not binding.stores:
        return None
    parent = program.parent(binding.stores[0])
    if isinstance(parent, cst.Param):
        return _parameter_role(program, binding)
    if isinstance(parent, cst.For | cst.CompFor):
        return _target_role(program, parent)
    if isinstance(parent, cst.Element):
        return _unpacked_role(program, parent)
    return _local_role(program, binding) if isinstance(parent, cst.AssignTarget | cst.AnnAssign) else None


def _parameter_role(program: Program, binding: Binding) -> str:
    methods = set(_methods(program, binding))
    for names, role in ((_TEXT_METHODS, "text"), (_LIST_METHODS, "items"), (_DICT_METHODS, "mapping")):
        if methods & names:
            return role
    places = [program.parent(load) for load, _ in binding.loads]
    if any(isinstance(place, cst.Subscript | cst.For | cst.CompFor) for place in places):
        return "items"
    if any(_holds(program, place, "sum", "sorted", "max", "min") for place in places):
        return "numbers"
    if any(_holds(program, place, "len", "list", "set", "enumerate", "reversed", "zip") for place in places):
        return "items"
    if any(_holds(program, place, "range", "abs", "chr") for place in places):
        return "number"
    operations = cst.BinaryOperation | cst.UnaryOperation | cst.AugAssign
    return "number" if any(isinstance(place, operations) for place in places) else "value"


def _target_role(program: Program, loop: cst.For | cst.CompFor) -> str:
    if program.calls_builtin(loop.iter, "range"):
        return "index"
    if program.types.elements(loop.iter) == {"str"}:
        return "character" if program.types.kinds(loop.iter) == {"str"} else "text"
    return "item"


def _unpacked_role(program: Program, element: cst.Element) -> str | None:
    group = program.parent(element)
    loop = program.parent(group) if group is not None else None
    if not isinstance(loop, cst.For | cst.CompFor) or not isinstance(group, cst.Tuple):
        return None
    is_first = group.elements[0] is element
    if program.calls_builtin(loop.iter, "enumerate"):
        return "index" if is_first else "item"
    is_dict = isinstance(loop.iter, cst.Call) and isinstance(loop.iter.func, cst.Attribute)
    if is_dict and isinstance(loop.iter, cst.Call) and isinstance(loop.iter.func, cst.Attribute):
        return ("key" if is_first else "item") if loop.iter.func.attr.value == "items" else None
    return None


def _local_role(program: Program, binding: Binding) -> str | None:
    kinds = program.types.kinds(binding.stores[0])
    steps = [program.parent(store) for store in binding.stores]
    added = [step for step in steps if isinstance(step, cst.AugAssign)]
    if kinds and kinds <= NUMBER - {"bool"}:
        if not added:
            return "number"
        is_count = all(isinstance(step.value, cst.Integer) for step in added)
        return "count" if is_count else "total"
    if kinds == ANY or len(kinds) != 1:
        return None
    if kinds == {"str"}:
        return "built" if added else "text"
    if kinds == {"list"} and _LIST_METHODS & set(_methods(program, binding)):
        return "collected"
    return _BY_KIND.get(next(iter(kinds)))


def _only_value(program: Program, binding: Binding) -> cst.BaseExpression | None:
    """What a variable is assigned, where that happens once."""
    if len(binding.stores) != 1:
        return None
    target = program.parent(binding.stores[0])
    statement = program.parent(target) if isinstance(target, cst.AssignTarget) else None
    return statement.value if isinstance(statement, cst.Assign) else None


def _methods(program: Program, binding: Binding) -> Iterator[str]:
    """The attributes that are taken of a variable."""
    for load, _ in binding.loads:
        parent = program.parent(load)
        if isinstance(parent, cst.Attribute) and parent.value is load:
            yield parent.attr.value


def _holds(program: Program, place: cst.CSTNode | None, *functions: str) -> bool:
    call = program.parent(place) if isinstance(place, cst.Arg) else None
    return call is not None and program.calls_builtin(call, *functions)
