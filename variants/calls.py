"""The tests of a program: calls of one function, written as text, with what they should give if known."""

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import tracer
from variants.analysis.program import ProgramError


@dataclass(frozen=True, slots=True)
class Tests:
    """The tests of one function.

    Attributes:
        entry_point: The function that they call.
        inputs: The argument lists of the calls as text.
        expected: What the calls should return, as literals; None where a test does not say.
    """

    entry_point: str
    inputs: tuple[str, ...]
    expected: tuple[str | None, ...]


def read_tests(tests: Sequence[str]) -> Tests:
    """Take tests apart: calls such as ``f([3, 1], k=2)``, or ``f([3, 1], k=2) == [1, 3]``.

    Raises:
        ProgramError: There is no test, one is no call with literal arguments, or they call several functions.
    """
    if not tests:
        raise ProgramError("the program comes with no tests; give at least one call, such as f([3, 1], k=2)")
    names: dict[str, None] = {}
    inputs, expected = [], []
    for test in tests:
        try:
            call, value = _sides(test)
            name, arguments = tracer.parse_call(call)
        except (tracer.InputError, tracer.LiteralError) as error:
            raise ProgramError(f"the test {test!r} cannot be run: {error}") from None
        names[name] = None
        inputs.append(arguments)
        expected.append(value)
    if len(names) > 1:
        raise ProgramError(f"the tests call {', '.join(names)}; variants are made for one function at a time")
    return Tests(next(iter(names)), tuple(inputs), tuple(expected))


def _sides(test: str) -> tuple[str, str | None]:
    """A call, and the literal that it is compared with."""
    try:
        node = ast.parse(test.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return test, None  # whoever parses it as a call says what is wrong
    if not isinstance(node, ast.Compare) or len(node.ops) != 1 or not isinstance(node.ops[0], ast.Eq):
        return test, None
    return ast.unparse(node.left), tracer.literal(tracer.literal_value(node.comparators[0]))


def keywords_of(inputs: Iterable[str]) -> frozenset[str]:
    """The parameter names that argument lists pass by keyword.

    Raises:
        ProgramError: One of the texts is no argument list.
    """
    found: set[str] = set()
    for text in inputs:
        try:
            found.update(tracer.parse_arguments(text).keyword)
        except tracer.InputError as error:
            raise ProgramError(str(error)) from None
    return frozenset(found)


def argument_text(positional: Sequence[object], keyword: "dict[str, object]") -> str:
    """Argument values as the text of an argument list."""
    words = [f"{name}={tracer.literal(value)}" for name, value in keyword.items()]
    return ", ".join([*map(tracer.literal, positional), *words])
