"""The calls that stand in a program's documentation and tests, as argument lists."""

import ast
import contextlib
import doctest
import re
from collections.abc import Iterator

from tracer import InputError, LiteralError, literal_value, parse_call, run_calls


def doctest_calls(code: str) -> Iterator[tuple[str, str]]:
    """Yield (function, argument list) for each call of a plain function in a program's doctests."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            for source, _ in _examples(ast.get_docstring(node) or ""):
                yield from _calls_in(source)


def assert_calls(text: str) -> Iterator[tuple[str, str]]:
    """Yield (function, argument list) for each call compared in an `assert`; other asserts give none."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            yield from _calls_in(ast.unparse(node.test))


def own_tests(code: str) -> list[str]:
    """Return the tests in a program's doctests and asserts: calls, with `== literal` where that is said."""
    found: dict[str, None] = {}
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            for source, want in _examples(ast.get_docstring(node) or ""):
                found.update(dict.fromkeys(_tests_in(source, want)))
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            found.update(dict.fromkeys(_tests_in(ast.unparse(node.test), "True")))
    return list(found)


def _tests_in(expression: str, result: str) -> Iterator[str]:
    """Yield the test that an expression with its shown result is; the call in it where nothing is shown."""
    compared = f"({expression.strip()}) == ({result.strip()})" if result.strip() != "True" else expression
    try:
        node = ast.parse(compared.strip(), mode="eval").body
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq):
            parse_call(ast.unparse(node.left))
            literal_value(node.comparators[0])
            yield ast.unparse(node)
            return
    except (SyntaxError, InputError, LiteralError):
        pass
    yield from (f"{name}({text})" for name, text in _calls_in(expression))


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


def checked_calls(code: str, entry_point: str, check: str) -> list[str]:
    """Return the argument lists with which a `check(candidate)` function calls its candidate.

    The program and its check run in the sandbox. Calls whose arguments have no literal are left out.
    """
    probe = (
        f"{code}\n\n{check}\n\n\ndef _noted_calls():\n"
        "    noted = []\n"
        "    def candidate(*arguments, **named):\n"
        "        words = [f'{name}={value!r}' for name, value in named.items()]\n"
        f"        noted.append('{entry_point}(' + ', '.join([*map(repr, arguments), *words]) + ')')\n"
        f"        return {entry_point}(*arguments, **named)\n"
        "    check(candidate)\n"
        "    return noted\n"
    )
    [outcome] = run_calls(probe, "_noted_calls", [""])
    found: dict[str, None] = {}
    for text in ast.literal_eval(outcome.value) if outcome.status == "returned" and outcome.value else ():
        with contextlib.suppress(InputError):
            _, arguments = parse_call(text)
            found[arguments] = None
    return list(found)


def _examples(docstring: str) -> Iterator[tuple[str, str]]:
    try:
        yield from (
            (example.source, example.want) for example in doctest.DocTestParser().get_examples(docstring)
        )
    except ValueError:  # a prompt that is badly indented
        return


def _calls_in(expression: str) -> Iterator[tuple[str, str]]:
    """Yield the outermost call with literal arguments, if there is one."""
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            with contextlib.suppress(InputError):
                yield parse_call(ast.unparse(node))
                return
