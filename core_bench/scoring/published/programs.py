"""Calls of a benchmark's own program, on arguments that are data; a reply's text is never run.

Predicting an input can only be judged by what the benchmark's program does with it. The program runs in the
sandbox (`tracer.run_calls`); the arguments are literals that were parsed, folded and written anew. One kind
of argument is more: `lambda x: x.sort()` is read as the name of a method of the built-in types, from a fixed
list, and a function of ours calls that method.
"""

import ast
from dataclasses import dataclass

from core_bench.scoring.folding import folded_value
from tracer import Limits, LiteralError, is_marker, literal, parse_literal, run_calls

_METHODS = frozenset(
    {"sort", "reverse", "clear", "copy", "pop", "lower", "upper", "strip", "title", "items", "keys", "values"}
)
_ADAPTER = """

def _call_with_methods(arguments, keywords, methods):
    for place, name in methods.items():
        arguments[place] = lambda value, name=name: getattr(value, name)()
    return {entry_point}(*arguments, **keywords)
"""
_LIMITS = Limits(cpu_s=3, wall_s=3.0)


class FailedCallError(LiteralError):
    """The program raised, ran out of time, or returned what has no literal."""


class PendingCallError(LiteralError):
    """The call has not been made yet."""


@dataclass(frozen=True, slots=True)
class ProgramCall:
    """One call; `methods` are (place, name) of arguments that name a method."""

    positional: tuple[str, ...]
    keyword: tuple[tuple[str, str], ...]
    methods: tuple[tuple[int, str], ...]


class Programs:
    """Makes calls in batches and remembers their values."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str, ProgramCall], str | None] = {}
        self._pending: dict[tuple[str, str], dict[ProgramCall, None]] = {}

    def value(self, code: str, entry_point: str, node: ast.Call, *, generous: bool) -> object:
        """Return what a call returns.

        Raises:
            PendingCallError: it has yet to be made; `run` makes all of these.
            FailedCallError: it gave no value.
            LiteralError: its arguments are no data.
        """
        if not isinstance(node.func, ast.Name) or node.func.id != entry_point or not code:
            raise LiteralError("a call of something else than the program")
        call = _program_call(node, generous)
        key = (code, entry_point, call)
        if key not in self._values:
            self._pending.setdefault((code, entry_point), {})[call] = None
            raise PendingCallError("pending")
        text = self._values[key]
        if text is None:
            raise FailedCallError("the program returns no value for these arguments")
        return parse_literal(text)

    def run(self) -> int:
        """Make all pending calls, one process a program; return how many there were."""
        made = 0
        for (code, entry_point), calls in self._pending.items():
            adapted = code + _ADAPTER.format(entry_point=entry_point)
            inputs = [_input(call) for call in calls]
            outcomes = run_calls(adapted, "_call_with_methods", inputs, limits=_LIMITS)
            for call, outcome in zip(calls, outcomes, strict=True):
                usable = outcome.status == "returned" and outcome.value and not is_marker(outcome.value)
                self._values[code, entry_point, call] = outcome.value if usable else None
            made += len(inputs)
        self._pending.clear()
        return made


def _program_call(node: ast.Call, generous: bool) -> ProgramCall:
    methods = []
    positional = []
    for place, argument in enumerate(node.args):
        name = _method(argument)
        if name is not None:
            methods.append((place, name))
        positional.append("None" if name is not None else _text(argument, generous))
    if any(word.arg is None for word in node.keywords):
        raise LiteralError("`**` is no literal")
    keyword = tuple((str(word.arg), _text(word.value, generous)) for word in node.keywords)
    return ProgramCall(tuple(positional), keyword, tuple(methods))


def _text(node: ast.expr, generous: bool) -> str:
    text = literal(folded_value(node, generous=generous))
    if is_marker(text):
        raise LiteralError(f"an argument is too large: {text}")
    return text


def _method(node: ast.expr) -> str | None:
    """Return `sort` for `lambda x: x.sort()`."""
    match node:
        case ast.Lambda(
            args=ast.arguments(
                posonlyargs=[], args=[ast.arg(arg=name)], kwonlyargs=[], vararg=None, kwarg=None
            ),
            body=ast.Call(func=ast.Attribute(value=ast.Name(id=used), attr=method), args=[], keywords=[]),
        ) if name == used and method in _METHODS:
            return method
    return None


def _input(call: ProgramCall) -> str:
    positional = f"[{', '.join(call.positional)}]"
    keyword = f"{{{', '.join(f'{name!r}: {text}' for name, text in call.keyword)}}}"
    methods = f"{{{', '.join(f'{place}: {name!r}' for place, name in call.methods)}}}"
    return f"{positional}, {keyword}, {methods}"
