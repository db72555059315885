"""The types of a function's parameters, as its tests show them or its annotations say."""

import ast
from collections.abc import Iterable, Sequence

import tracer


def parameter_types(function: ast.FunctionDef, inputs: Sequence[str] = ()) -> list[str] | None:
    """The type of each parameter as the text of an annotation, such as `list[int]`.

    Args:
        function: The function.
        inputs: Argument lists; where there are any, they decide, since annotations may be vague or wrong.

    Returns:
        One text a parameter; None where a parameter has neither values nor an annotation.
    """
    parameters = [*function.args.posonlyargs, *function.args.args]
    values: list[list[object]] = [[] for _ in parameters]
    names = [parameter.arg for parameter in parameters]
    for text in inputs:
        arguments = tracer.parse_arguments(text)
        for place, value in enumerate(arguments.positional[: len(values)]):
            values[place].append(value)
        for name, value in arguments.keyword.items():
            if name in names:
                values[names.index(name)].append(value)
    found = []
    for parameter, given in zip(parameters, values, strict=True):
        if given:
            found.append(type_of(given))
        elif parameter.annotation is not None:
            found.append(ast.unparse(parameter.annotation))
        else:
            return None
    return found


def type_of(values: Iterable[object]) -> str:
    """The narrowest type, in words of `builtins`, that all values have."""
    by_kind: dict[type, list[object]] = {}
    for value in values:
        by_kind.setdefault(type(value), []).append(value)
    return " | ".join(sorted(_named(kind, members) for kind, members in by_kind.items())) or "int"


def _named(kind: type, members: list[object]) -> str:
    if kind is type(None):
        return "None"
    if kind is dict:
        keys = [key for member in members if isinstance(member, dict) for key in member]
        items = [item for member in members if isinstance(member, dict) for item in member.values()]
        return f"dict[{type_of(keys)}, {type_of(items)}]"
    if kind is tuple:
        tuples = [member for member in members if isinstance(member, tuple)]
        lengths = {len(member) for member in tuples}
        if len(lengths) == 1 and lengths != {0}:
            return f"tuple[{', '.join(type_of(column) for column in zip(*tuples, strict=True))}]"
        return f"tuple[{type_of(part for member in tuples for part in member)}, ...]"
    if kind in {list, set, frozenset}:
        parts = (part for member in members if isinstance(member, list | set | frozenset) for part in member)
        return f"{kind.__name__}[{type_of(parts)}]"
    return kind.__name__
