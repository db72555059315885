"""What Python's own functions and methods do beside giving a value, when all values are of builtin types."""

ANYTHING = frozenset({"any"})
"""Some exception or other."""

_TYPE_ERROR = frozenset({"TypeError"})

#: Functions that look at their arguments and no further, with the exceptions that they can raise.
LOOKING: dict[str, frozenset[str]] = {
    **dict.fromkeys(("str", "repr", "bool", "isinstance", "type", "id", "callable"), frozenset()),
    **dict.fromkeys(("len", "abs", "bin", "hex", "oct", "hash"), _TYPE_ERROR),
    **dict.fromkeys(("ord", "chr", "int", "float", "round", "divmod", "pow", "range"), ANYTHING),
}

#: Functions that go through their first argument, and use it up if it is an iterator.
WALKING = frozenset({"sum", "min", "max", "sorted", "list", "tuple", "set", "any", "all", "frozenset"})

#: Functions that change nothing outside of them; of those in `CALLING`, if what they call does not.
HARMLESS = frozenset(
    {*LOOKING, *WALKING, "ascii", "complex", "dict", "format", "slice"}
    | {"enumerate", "filter", "map", "reversed", "zip"}
) - {"id", "callable", "hash"}

#: Functions that can be told to call a function.
CALLING = frozenset({"map", "filter", "sorted", "min", "max"})

#: Functions that give a new object each time.
MAKING = frozenset(
    {"list", "dict", "set", "sorted", "str", "tuple", "frozenset", "len", "int", "range", "sum"}
)

#: Methods that give a new object each time, whatever type they belong to.
MAKING_METHODS = frozenset({"split", "rsplit", "splitlines", "copy", "join", "lower", "upper"})

#: Methods that never fail on their own type when they are called without arguments.
TOTAL_METHODS = frozenset(
    {
        *("lower", "upper", "title", "capitalize", "swapcase", "casefold", "isalnum", "isalpha", "isdigit"),
        *("isdecimal", "isnumeric", "isspace", "islower", "isupper", "istitle", "copy", "keys", "values"),
        *("items", "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines"),
    }
)

#: Methods that change nothing and use nothing up, whatever type they belong to.
READING_METHODS = frozenset(
    {
        *("capitalize", "casefold", "center", "count", "encode", "endswith", "expandtabs", "find", "format"),
        *("index", "isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier", "islower"),
        *("isnumeric", "isprintable", "isspace", "istitle", "isupper", "ljust", "lower", "lstrip"),
        *("partition", "removeprefix", "removesuffix", "replace", "rfind", "rindex", "rjust", "rpartition"),
        *("rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "swapcase", "title", "translate"),
        *("upper", "zfill", "copy", "get", "items", "keys", "values", "bit_length", "is_integer"),
    }
)

#: Methods that change nothing but go through their arguments, as `WALKING` does.
WALKING_METHODS = frozenset(
    {
        *("join", "union", "intersection", "difference", "symmetric_difference"),
        *("issubset", "issuperset", "isdisjoint"),
    }
)

#: Methods that change the object that they belong to.
CHANGING_METHODS = frozenset(
    {
        *("append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse", "add", "discard"),
        *("update", "setdefault", "popitem", "difference_update", "intersection_update"),
    }
)

#: Methods of `str` that may run code of an argument's type.
FORMATTING_METHODS = frozenset({"join", "format", "format_map", "translate"})

#: Names without which a program has no iterator that somebody could use up.
ITERATOR_MAKERS = frozenset(
    {"iter", "map", "filter", "zip", "enumerate", "reversed", "itertools", "open", "finditer", "merge"}
)
