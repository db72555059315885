"""The tests of a program: calls of one function, written as text."""

from collections.abc import Iterable, Sequence

import tracer
from variants.analysis.program import ProgramError


def take_apart(tests: Sequence[str]) -> tuple[str, list[str]]:
    """Return the function that the tests call, and their argument lists as text.

    Raises:
        ProgramError: There is no test, one is no call with literal arguments, or they call several functions.
    """
    if not tests:
        raise ProgramError("the program comes with no tests; give at least one call, such as f([3, 1], k=2)")
    names: dict[str, None] = {}
    inputs = []
    for test in tests:
        try:
            name, arguments = tracer.parse_call(test)
        except tracer.InputError as error:
            raise ProgramError(f"the test {test!r} cannot be run: {error}") from None
        names[name] = None
        inputs.append(arguments)
    if len(names) > 1:
        raise ProgramError(f"the tests call {', '.join(names)}; variants are made for one function at a time")
    return next(iter(names)), inputs


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
