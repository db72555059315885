"""The calls that stand in a program's documentation and tests, as argument lists."""

import ast
import contextlib
import doctest
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tracer import InputError, LiteralError, is_marker, parse_call, parse_literal, run_calls


class Call(NamedTuple):
    """A call of a plain function with literal arguments.

    Attributes:
        function: its name.
        arguments: its argument list.
        output: the literal that it should return; None where the text does not tell.
    """

    function: str
    arguments: str
    output: str | None = None


def doctest_calls(code: str) -> Iterator[Call]:
    """Yield each call of a plain function in a program's doctests, with what it should print."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            for source, want in _examples(ast.get_docstring(node) or ""):
                yield from _calls_in(source, want)


def assert_calls(text: str) -> Iterator[Call]:
    """Yield each call compared in an `assert`; other asserts give none."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            yield from _calls_in(ast.unparse(node.test), _equal_to(node.test))


def own_tests(code: str) -> list[str]:
    """Return the tests in a program's doctests and asserts: calls, with `== literal` where that is said."""
    tests = [
        f"{call.function}({call.arguments})" + ("" if call.output is None else f" == {call.output}")
        for call in (*doctest_calls(code), *assert_calls(code))
    ]
    return list(dict.fromkeys(tests))


def calls_of(text: str, function: str) -> list[str]:
    """Return the argument lists of a function's calls in any text, such as a prompt with examples."""
    found: dict[str, None] = {}
    for match in re.finditer(rf"\b{re.escape(function)}\(", text):
        for end in re.finditer(r"\)", text[match.start() : match.start() + 2_000]):
            with contextlib.suppress(InputError):
                _, arguments = parse_call(text[match.start() : match.start() + end.end()])
                found[arguments] = None
                break
    return [text for text in found if text]


def checked_calls(code: str, entry_point: str, check: str) -> tuple[list[str], str | None]:
    """Return the argument lists with which a `check(candidate)` function calls its candidate.

    The program and its check run in the sandbox. Calls whose arguments have no literal are left out. With
    them comes the exception with which the check refuses the program; None where it is content.
    """
    probe = (
        f"{code}\n\n{check}\n\n\ndef _noted_calls():\n"
        "    noted = []\n"
        "    def candidate(*arguments, **named):\n"
        "        words = [f'{name}={value!r}' for name, value in named.items()]\n"
        f"        noted.append('{entry_point}(' + ', '.join([*map(repr, arguments), *words]) + ')')\n"
        f"        return {entry_point}(*arguments, **named)\n"
        "    try:\n"
        "        check(candidate)\n"
        "    except Exception as fault:\n"
        "        return noted, f'{type(fault).__name__} {fault}'.strip()\n"
        "    return noted, None\n"
    )
    [outcome] = run_calls(probe, "_noted_calls", [""])
    if outcome.status != "returned" or not outcome.value or is_marker(outcome.value):
        return [], None
    noted, fault = ast.literal_eval(outcome.value)
    found: dict[str, None] = {}
    for text in noted:
        with contextlib.suppress(InputError):
            _, arguments = parse_call(text)
            found[arguments] = None
    return list(found), fault


def outputs_of(calls: Iterable[Call]) -> tuple[tuple[str, str], ...]:
    """Return (argument list, literal) for each call that tells what it should return."""
    return tuple((call.arguments, call.output) for call in calls if call.output is not None)


def as_literal(text: str) -> str | None:
    """Return a text if it is a literal, None if it is anything else."""
    try:
        parse_literal(text)
    except LiteralError:
        return None
    return text


def _examples(docstring: str) -> Iterator[tuple[str, str]]:
    try:
        found = doctest.DocTestParser().get_examples(docstring)
        yield from ((example.source, example.want.strip()) for example in found)
    except ValueError:  # a prompt that is badly indented
        return


def _equal_to(test: ast.expr) -> str:
    """Return what the left side of a comparison should be equal to; "" where it is compared otherwise."""
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq):
        return ast.unparse(test.comparators[0]) if isinstance(test.left, ast.Call) else ""
    return ""


def _calls_in(expression: str, output: str) -> Iterator[Call]:
    """Yield the outermost call with literal arguments, if there is one; the output is that of a bare call."""
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            with contextlib.suppress(InputError):
                function, arguments = parse_call(ast.unparse(node))
                whole = tree.body.left if isinstance(tree.body, ast.Compare) else tree.body
                yield Call(function, arguments, as_literal(output) if node is whole else None)
                return
