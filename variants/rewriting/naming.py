"""What a programmer would call the value of an expression."""

import libcst as cst

from variants.analysis.program import Program

_RESULTS = ("result", "value", "outcome", "answer", "computed", "current", "found", "obtained")
_TRUTHS = ("condition", "is_match", "holds", "check", "matches", "applies", "is_so", "flag")
_ENTRIES = ("item", "element", "entry", "current", "picked", "selected", "cell", "member")
_LISTS = ("values", "items", "elements", "entries", "collected", "sequence", "listed", "gathered")
_TEXTS = ("text", "string", "label", "word", "chunk", "content", "message", "piece")
_MAPS = ("mapping", "table", "lookup", "by_key", "pairs", "record", "index_map", "associations")
_PARTS = ("part", "section", "portion", "segment", "piece", "chunk", "sublist", "slice_")

_BY_BUILTIN: dict[str, tuple[str, ...]] = {
    "len": ("length", "size", "item_count", "total_items", "n_items", "number_of_items", "extent", "width"),
    "sorted": ("ordered", "sorted_items", "in_order", "arranged", "ranked", "sorted_values", "ordering"),
    "sum": ("total", "sum_total", "overall", "grand_total", "amount", "accumulated", "combined"),
    "max": ("largest", "highest", "maximum", "biggest", "top", "upper", "peak"),
    "min": ("smallest", "lowest", "minimum", "least", "bottom", "lower_end", "floor_value"),
    "abs": ("magnitude", "distance", "absolute", "size", "gap", "deviation"),
    "range": ("indices", "positions", "steps", "index_range", "places", "numbers", "span"),
    "enumerate": ("indexed", "numbered", "numbered_items", "enumerated", "with_index", "counted"),
    "zip": ("pairs", "pairings", "matched", "combined", "side_by_side", "zipped"),
    "reversed": ("backwards", "flipped", "reverse_order", "from_the_end", "mirrored"),
    "int": ("number", "as_int", "parsed", "integer", "whole", "numeric"),
    "float": ("number", "as_float", "decimal", "real_value", "numeric"),
    "str": ("text", "as_text", "as_string", "rendered", "string", "shown"),
    "set": ("unique", "distinct", "unique_items", "as_set", "members", "seen_values"),
    "list": ("items", "as_list", "elements", "listed", "entries", "copy_of_items"),
    "tuple": ("frozen", "as_tuple", "fixed", "items", "entries", "combined"),
    "any": ("has_any", "found_one", "exists", "some_match", "any_match", "present"),
    "all": ("all_match", "every_one", "all_valid", "complete", "satisfied", "all_hold"),
    "ord": ("code", "code_point", "char_code", "ordinal", "ascii_code", "letter_code"),
    "chr": ("letter", "character", "symbol", "char", "new_letter", "glyph"),
    "round": ("rounded", "approximate", "nearest", "rounded_value", "approximation"),
    "isinstance": ("is_instance", "has_type", "right_type", "type_matches", "is_kind"),
    "map": ("mapped", "converted", "transformed", "projected", "images"),
    "filter": ("kept", "filtered", "remaining", "selected", "chosen"),
}
_BY_METHOD: dict[str, tuple[str, ...]] = {
    "count": ("occurrences", "frequency", "times", "tally", "hits", "appearances"),
    "split": ("words", "parts", "tokens", "pieces", "fields", "chunks"),
    "join": ("joined", "text", "combined", "merged", "glued", "assembled"),
    "items": ("pairs", "entries", "key_value_pairs", "contents", "all_items", "records"),
    "keys": ("all_keys", "names", "labels", "known_keys", "identifiers", "fields"),
    "values": ("all_values", "contents", "amounts", "stored", "entries", "numbers"),
    "get": ("found", "looked_up", "stored", "existing", "present_value", "known"),
    "pop": ("removed", "taken", "popped", "last_item", "dropped", "extracted"),
    "find": ("position", "location", "found_at", "offset", "place", "spot"),
    "index": ("position", "location", "found_at", "offset", "place", "spot"),
    "lower": ("lowered", "lowercase", "in_lowercase", "normalized", "small_letters"),
    "upper": ("uppercase", "in_uppercase", "capitals", "raised", "shouted"),
    "strip": ("trimmed", "stripped", "cleaned", "without_spaces", "tidy", "bare_text"),
    "replace": ("replaced", "substituted", "cleaned", "changed", "updated", "rewritten"),
    "copy": ("duplicate", "clone", "snapshot", "copied", "backup", "own_copy"),
}
_TRUTH_METHODS = ("is", "starts", "ends", "has")
_BY_OPERATOR: dict[type[cst.CSTNode], tuple[str, ...]] = {
    cst.Add: ("total", "combined", "sum_so_far", "extended", "increased", "joined", "following"),
    cst.Subtract: ("difference", "gap", "remaining", "rest", "shortfall", "reduced", "distance"),
    cst.Multiply: ("product", "scaled", "multiplied", "repeated", "area", "multiple"),
    cst.Divide: ("ratio", "quotient", "share", "fraction", "proportion", "rate"),
    cst.FloorDivide: ("half", "quotient", "whole_part", "middle", "reduced", "share"),
    cst.Modulo: ("remainder", "rest", "leftover", "residue", "modulus", "excess"),
    cst.Power: ("power", "raised", "exponent_value", "powered", "scale"),
}


def names_for(program: Program, node: cst.BaseExpression) -> tuple[str, ...]:
    """Good names for a variable that holds the value of an expression, the most usual one first."""
    if isinstance(node, cst.Call):
        return _for_call(program, node)
    if isinstance(node, cst.BinaryOperation):
        is_number = not program.types.is_only(node, frozenset({"str", "list", "tuple"}))
        return _BY_OPERATOR.get(type(node.operator), _RESULTS) if is_number else _for_kind(program, node)
    if isinstance(node, cst.Subscript):
        is_slice = any(isinstance(element.slice, cst.Slice) for element in node.slice)
        return _PARTS if is_slice else _ENTRIES
    if isinstance(node, cst.BooleanOperation) and not isinstance(program.parent(node), cst.If):
        return _for_kind(program, node)
    if isinstance(node, cst.Comparison | cst.BooleanOperation):
        return _TRUTHS
    if isinstance(node, cst.UnaryOperation):
        return _TRUTHS if isinstance(node.operator, cst.Not) else ("negated", "opposite", *_RESULTS)
    return _for_kind(program, node)


def _for_call(program: Program, node: cst.Call) -> tuple[str, ...]:
    if isinstance(node.func, cst.Name):
        known = _BY_BUILTIN.get(node.func.value) if program.is_builtin(node.func.value) else None
        return known or _for_kind(program, node)
    if isinstance(node.func, cst.Attribute):
        name = node.func.attr.value
        if name.startswith(_TRUTH_METHODS):
            return _TRUTHS
        return _BY_METHOD.get(name) or _for_kind(program, node)
    return _RESULTS


def _for_kind(program: Program, node: cst.BaseExpression) -> tuple[str, ...]:
    kinds = program.types.kinds(node)
    if len(kinds) != 1:
        return _RESULTS
    by_kind = {"str": _TEXTS, "list": _LISTS, "tuple": _LISTS, "dict": _MAPS, "bool": _TRUTHS}
    return by_kind.get(next(iter(kinds)), _RESULTS)
