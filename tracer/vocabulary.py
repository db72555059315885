"""What the built-in functions, methods and modules of Python change: the vocabulary of `tracer.effects`."""

PURE_BUILTINS = frozenset({
    "Counter", "Decimal", "Exception", "Fraction", "IndexError", "KeyError", "OrderedDict", "RuntimeError",
    "StopIteration", "TypeError", "ValueError", "ZeroDivisionError", "abs", "all", "any", "ascii", "bin",
    "bool", "bytes", "chr", "complex", "defaultdict", "deque", "dict", "divmod", "enumerate", "filter",
    "float", "format", "frozenset", "hash", "hex", "id", "int", "isinstance", "issubclass", "iter", "len",
    "list", "map", "max", "min", "next", "oct", "ord", "pow", "print", "range", "repr", "reversed", "round",
    "set", "slice", "sorted", "str", "sum", "tuple", "type", "zip",
})  # fmt: skip
"""Callables that change no object that they are given, by themselves."""

PURE_METHODS = frozenset({
    "bit_count", "bit_length", "capitalize", "casefold", "ceil", "center", "copy", "cos", "count", "decode",
    "difference", "elements", "encode", "endswith", "exp", "expandtabs", "find", "floor", "format",
    "format_map", "gcd", "get", "hex", "index", "intersection", "is_integer", "isalnum", "isalpha",
    "isascii", "isdecimal", "isdigit", "isdisjoint", "isidentifier", "islower", "isnumeric", "isprintable",
    "isqrt", "isspace", "issubset", "issuperset", "istitle", "isupper", "items", "join", "keys", "ljust",
    "log", "log10", "log2", "lower", "lstrip", "maketrans", "most_common", "partition", "removeprefix",
    "removesuffix", "replace", "rfind", "rindex", "rjust", "rpartition", "rsplit", "rstrip", "sin", "split",
    "splitlines", "sqrt", "startswith", "strip", "swapcase", "symmetric_difference", "title", "translate",
    "union", "upper", "values", "zfill",
})  # fmt: skip
"""Names of methods that change nothing, whatever built-in type they are called on."""

MUTATORS = frozenset({
    "add", "append", "appendleft", "clear", "difference_update", "discard", "extend", "extendleft",
    "insert", "intersection_update", "move_to_end", "pop", "popitem", "popleft", "remove", "reverse",
    "rotate", "setdefault", "sort", "subtract", "symmetric_difference_update", "update",
})  # fmt: skip
"""Names of methods that change the object they are called on, and nothing inside it."""

HIDDEN_MUTATORS = frozenset({
    "__delitem__", "__getitem__", "__iadd__", "__setattr__", "__setitem__", "add", "append", "appendleft",
    "clear", "delitem", "difference_update", "discard", "extend", "extendleft", "heapify", "heappop",
    "heappush", "heappushpop", "heapreplace", "insert", "insort", "insort_left", "insort_right",
    "intersection_update", "move_to_end", "pop", "popitem", "popleft", "remove", "reverse", "rotate",
    "setdefault", "setitem", "shuffle", "sort", "subtract", "symmetric_difference_update", "update",
})  # fmt: skip
"""What may run anywhere later, from C and unseen, once it is mentioned without being called."""

REFLECTIVE = frozenset({
    "compile", "delattr", "eval", "exec", "getattr", "globals", "locals", "setattr", "vars",
})  # fmt: skip
"""Names that reach variables and attributes by name."""

OPAQUE_MODULES = frozenset({
    "ctypes", "gc", "inspect", "operator", "signal", "sys", "threading", "weakref",
})  # fmt: skip
"""Modules that can reach any object."""

VALUE_MODULES = frozenset({
    "__future__", "abc", "cmath", "collections", "collections.abc", "copy", "dataclasses", "datetime",
    "decimal", "enum", "fractions", "functools", "itertools", "math", "numbers", "re", "statistics",
    "string", "typing",
})  # fmt: skip
"""Modules whose names may be mentioned without a call: nothing of them changes an argument."""
