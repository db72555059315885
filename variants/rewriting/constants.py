"""Numbers and texts that are known from the program's text, and the ways in which people write them."""

from collections.abc import Callable

import libcst as cst

from variants.analysis.program import Program

_LARGEST = 10**12
_LONGEST_TEXT = 80
_OPERATIONS: dict[type[cst.CSTNode], Callable[[int, int], int]] = {
    cst.Add: lambda a, b: a + b,
    cst.Subtract: lambda a, b: a - b,
    cst.Multiply: lambda a, b: a * b,
    cst.FloorDivide: lambda a, b: a // b,
    cst.Modulo: lambda a, b: a % b,
    cst.Power: lambda a, b: a**b,
}
_EMPTY = {"list": "[]", "dict": "{}", "tuple": "()", "str": '""', "int": "0"}
_UNITS = (60, 24, 7, 365)


def folded(program: Program, node: cst.BaseExpression) -> str | None:
    """The literal that an operation on literals gives; None where it gives none that is worth writing."""
    value = _text(node) if isinstance(node, cst.BinaryOperation | cst.ConcatenatedString) else None
    if value is not None:
        return repr(value) if len(value) <= _LONGEST_TEXT else None
    if isinstance(node, cst.Call):
        return _called(program, node)
    if not isinstance(node, cst.BinaryOperation):
        return None
    number = whole(node)
    return None if number is None else str(number)


def whole(node: cst.BaseExpression) -> int | None:
    """The value of an operation on integer literals."""
    if isinstance(node, cst.Integer):
        return node.evaluated_value
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Minus):
        value = whole(node.expression)
        return None if value is None else -value
    operation = _OPERATIONS.get(type(node.operator)) if isinstance(node, cst.BinaryOperation) else None
    if operation is None or not isinstance(node, cst.BinaryOperation):
        return None
    left, right = whole(node.left), whole(node.right)
    if left is None or right is None:
        return None
    if isinstance(node.operator, cst.FloorDivide | cst.Modulo) and right == 0:
        return None
    if isinstance(node.operator, cst.Power) and not 0 <= right <= 64:
        return None
    result = operation(left, right)
    return result if abs(result) <= _LARGEST else None


def spellings(program: Program, value: int) -> list[str]:
    """Ways to write a number as an operation that a person could choose, the most telling first."""
    found = [
        f"{unit} * {value // unit}"
        for unit in _UNITS
        if value > unit and value % unit == 0 and value // unit < 10**5
    ]
    digits = len(str(value)) - 1
    if digits >= 2 and value == 10**digits:
        found.append(f"10 ** {digits}")
    if value >= 4 and value & (value - 1) == 0:
        found.append(f"2 ** {value.bit_length() - 1}")
    if 64 < value < 123 and chr(value).isalnum() and program.is_builtin("ord"):
        found.append(f'ord("{chr(value)}")')
    found += [f"{factor} * {value // factor}" for factor in (2, 3, 5, 10) if _is_factor(factor, value)]
    if value % 10 == 9:
        found.append(f"{value + 1} - 1")
    elif value <= 10**6:
        found.append(f"{value - 1} + 1")
    return list(dict.fromkeys(found))


def _is_factor(factor: int, value: int) -> bool:
    return value % factor == 0 and 1 < value // factor <= 10**4


def _text(node: cst.BaseExpression) -> str | None:
    if isinstance(node, cst.SimpleString):
        value = node.evaluated_value
        return value if isinstance(value, str) else None
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
        left, right = _text(node.left), _text(node.right)
        return None if left is None or right is None else left + right
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Multiply):
        left, count = _text(node.left), whole(node.right)
        is_short = left is not None and count is not None and len(left) * count <= _LONGEST_TEXT
        return left * count if is_short and left is not None and count is not None else None
    if isinstance(node, cst.ConcatenatedString):
        left, right = _text(node.left), _text(node.right)
        return None if left is None or right is None else left + right
    return None


def _called(program: Program, node: cst.Call) -> str | None:
    """`ord("a")`, `chr(97)`, `len("abc")`, `str(5)` and the empty `list()`, `dict()`, `str()`, `tuple()`."""
    if not isinstance(node.func, cst.Name) or len(node.args) > 1:
        return None
    name = node.func.value
    literal = _EMPTY.get(name) if not node.args else _converted(name, node.args[0])
    return literal if literal is not None and program.is_builtin(name) else None


def _converted(name: str, argument: cst.Arg) -> str | None:
    if argument.star or argument.keyword is not None:
        return None
    content, number = _text(argument.value), whole(argument.value)
    if content is not None and name == "len":
        return str(len(content))
    if content is not None and name == "ord" and len(content) == 1:
        return str(ord(content))
    if number is not None and name == "chr" and 32 <= number < 127:
        return repr(chr(number))
    return repr(str(number)) if number is not None and name == "str" else None
