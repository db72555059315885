"""Random small programs by a grammar: arguments, accumulators, loops and conditions, and an answer.

A program of the grammar ends by construction (loops go over finite things, or count down), but it may raise;
whoever runs it keeps what it returns on.
"""

import ast
from dataclasses import dataclass
from random import Random

from core_bench.suites.corpus.expressions import Expressions
from core_bench.suites.corpus.kinds import KINDS, draw_value
from core_bench.suites.corpus.parts import Parts
from tracer import literal

FUNCTIONS = (
    "blend", "carve", "drift", "fetch", "fold", "gauge", "graft", "hatch", "level", "merge", "morph", "mould",
    "pack", "pick", "plait", "prune", "quilt", "reap", "relay", "route", "scan", "shape", "shift", "sift",
    "solve", "sort_out", "spin", "stack_up", "survey", "tally", "thread", "trim", "tune", "twist", "weave",
)  # fmt: skip
NAMES = {
    "int": (
        "a",
        "b",
        "k",
        "n",
        "m",
        "total",
        "count",
        "level",
        "step",
        "best",
        "low",
        "high",
        "gap",
        "shift",
    ),
    "bool": ("flag", "found", "done", "odd", "ready", "open_"),
    "str": ("text", "word", "line", "mark", "label", "s", "out", "tail"),
    "list[int]": ("nums", "values", "row", "items", "xs", "stack", "marks", "steps"),
    "list[str]": ("words", "names", "tokens", "lines", "keys"),
    "dict[str, int]": ("table", "counts", "seen", "scores"),
    "list[list[int]]": ("grid", "rows", "pairs", "board"),
}
_EMPTY = {"int": "0", "str": "''", "list[int]": "[]", "list[str]": "[]", "dict[str, int]": "{}"}
_ITERABLE = ("list[int]", "list[str]", "str", "list[list[int]]")
INPUTS = 5
_DEEPEST = 2


@dataclass(frozen=True, slots=True)
class Draft:
    """A program that has not been run yet, with argument lists to try it on."""

    code: str
    entry_point: str
    inputs: tuple[str, ...]


def write_program(rng: Random, parts: Parts) -> Draft:
    """Return a program of the grammar."""
    return _Writer(rng, parts).program()


class _Writer:
    def __init__(self, rng: Random, parts: Parts) -> None:
        self._rng = rng
        self._parts = parts
        self._expressions = Expressions(rng, parts)
        self._used: set[str] = set()
        self._left = rng.randint(4, 9)  # statements

    def program(self) -> Draft:
        rng = self._rng
        name, helper = rng.sample(FUNCTIONS, 2)
        kinds = [rng.choice(KINDS[:-1] if rng.random() < 0.8 else KINDS) for _ in range(rng.randint(1, 3))]
        if not set(kinds) & {"int", "str", *_ITERABLE}:
            kinds.append("list[int]")
        texts = []
        called = None
        if rng.random() < 0.3:
            text, called = self._helper(helper)
            texts.append(text)
        self._used = {name, helper}
        scope = {self._fresh(kind): kind for kind in kinds}
        parameters = ", ".join(scope)
        body = self._body(scope, called)
        texts.append(f"def {name}({parameters}):\n" + "\n".join(f"    {line}" for line in body))
        code = "\n\n\n".join(ast.unparse(ast.parse(text)) for text in texts) + "\n"
        inputs = dict.fromkeys(
            ", ".join(literal(draw_value(kind, rng)) for kind in kinds) for _ in range(INPUTS)
        )
        return Draft(code, name, tuple(inputs))

    def _helper(self, name: str) -> tuple[str, tuple[str, str, str]]:
        """Return the text of a helper, and (name, kind of its argument, kind of what it returns)."""
        rng = self._rng
        kind = rng.choice(("int", "str", "list[int]"))
        argument = self._fresh(kind)
        result = rng.choice(("int", "bool", "str"))
        scope = {argument: kind}
        value = self._expressions.of(result, scope)
        lines = [f"def {name}({argument}):"]
        if rng.random() < 0.3 and kind == "int":  # recursion that counts down
            result = "int"
            sign = rng.choice(("+", "+", "-", "*"))
            lines += [f"    if {argument} < {rng.randint(1, 2)}:", f"        return {rng.randint(0, 3)}"]
            down = rng.choice((f"{argument} - 1", f"{argument} - 2", f"{argument} // 2"))
            lines.append(f"    return {self._expressions.of('int', scope, 1)} {sign} {name}({down})")
        else:
            test = self._expressions.of("bool", scope)
            lines += [f"    if {test}:", f"        return {value}"]
            lines.append(f"    return {self._expressions.of(result, scope)}")
        return "\n".join(lines), (name, kind, result)

    def _body(self, scope: dict[str, str], called: tuple[str, str, str] | None) -> list[str]:
        rng = self._rng
        lines: list[str] = []
        kept: dict[str, str] = {}
        for _ in range(rng.randint(1, 2)):
            kind = rng.choice(("int", "int", "str", "list[int]", "list[str]", "dict[str, int]"))
            name = self._fresh(kind)
            start = _EMPTY[kind] if rng.random() < 0.75 else self._expressions.of(kind, scope, 1)
            lines.append(f"{name} = {start}")
            kept[name] = kind
        scope.update(kept)
        if called is not None:
            function, needs, gives = called
            name = self._fresh(gives)
            lines.append(f"{name} = {function}({self._expressions.of(needs, scope, 1)})")
            scope[name] = gives
        while self._left > 0:
            lines += self._statement(scope, kept, 0, loop=False)
        lines.append(f"return {self._answer(scope, kept)}")
        return lines

    def _answer(self, scope: dict[str, str], kept: dict[str, str]) -> str:
        rng = self._rng
        names = list(kept)
        match rng.randrange(4):
            case 0 if len(names) > 1:
                return f"({', '.join(names)})"
            case 1:
                return self._expressions.of(kept[names[0]], {names[0]: kept[names[0]], **scope}, 1)
        return names[0]

    def _statement(self, scope: dict[str, str], kept: dict[str, str], depth: int, *, loop: bool) -> list[str]:
        """Return the lines of one statement; names that it gives for good are added to `scope`."""
        rng = self._rng
        self._left -= 1
        roll = rng.random()
        if depth < _DEEPEST and self._left > 0:
            if roll < (0.4 if depth == 0 else 0.15):
                return self._loop(scope, kept, depth)
            if roll < 0.6:
                return self._condition(scope, kept, depth, loop=loop)
        if roll < 0.7:
            kind = rng.choice(("int", "int", "str", "bool", "list[int]"))
            value = self._expressions.of(kind, scope)
            name = self._fresh(kind)
            scope[name] = kind
            return [f"{name} = {value}"]
        if roll < 0.78:
            part = self._parts.draw(
                None, {n: k for n, k in scope.items() if n in kept or k != "int"}, (), rng
            )
            if part is not None:
                return [part]
        return self._update(scope, kept)

    def _update(self, scope: dict[str, str], kept: dict[str, str]) -> list[str]:
        """Return a line that changes one of the variables that the answer is made of."""
        rng = self._rng
        name = rng.choice(list(kept))
        of = self._expressions.of
        match kept[name]:
            case "int":
                sign = rng.choice(("+=", "+=", "+=", "-=", "*=", "^="))
                if rng.random() < 0.25:
                    return [f"{name} = {rng.choice(('max', 'min'))}({name}, {of('int', scope)})"]
                return [f"{name} {sign} {of('int', scope)}"]
            case "str":
                return [f"{name} += {of('str', scope)}"]
            case "list[int]" as kind:
                return [rng.choice((f"{name}.append({of('int', scope)})", f"{name} = {of(kind, scope)}"))]
            case "list[str]":
                return [f"{name}.append({of('str', scope)})"]
        key = of("str", scope, 1)
        return [f"{name}[{key}] = {name}.get({key}, 0) + {of('int', scope, 1)}"]

    def _loop(self, scope: dict[str, str], kept: dict[str, str], depth: int) -> list[str]:
        rng = self._rng
        inner = dict(scope)
        iterables = [(name, kind) for name, kind in scope.items() if kind in _ITERABLE and name not in kept]
        roll = rng.random()
        after: list[str] = []
        if iterables and roll < 0.6:
            over, kind = rng.choice(iterables)
            element = self._expressions.element_of(kind)
            name = self._fresh(element)
            if roll < 0.2:
                place = self._fresh("int")
                inner[place] = "int"
                header = f"for {place}, {name} in enumerate({over}):"
            else:
                header = f"for {name} in {over}:"
            inner[name] = element
        elif roll < 0.8:
            name = self._fresh("int")
            inner[name] = "int"
            stop = rng.choice((str(rng.randint(2, 6)), self._expressions.of("int", scope, 1)))
            start = rng.choice(("", "", "1, "))
            header = f"for {name} in range({start}{stop}):"
        else:
            name = self._fresh("int")
            first = f"{name} = {rng.choice((str(rng.randint(2, 40)), self._expressions.of('int', scope, 0)))}"
            inner[name] = "int"
            down = rng.choice(("-= 1", "-= 2", "//= 2", "//= 3"))
            after = [f"{name} {down}"]
            body = self._block(inner, kept, depth + 1, loop=False)  # a `continue` would skip the countdown
            return [first, f"while {name} > 0:", *(f"    {line}" for line in [*body, *after])]
        body = self._block(inner, kept, depth + 1, loop=True)
        return [header, *(f"    {line}" for line in body)]

    def _condition(self, scope: dict[str, str], kept: dict[str, str], depth: int, *, loop: bool) -> list[str]:
        rng = self._rng
        test = self._expressions.of("bool", scope)
        if loop and rng.random() < 0.25:
            return [f"if {test}:", f"    {rng.choice(('continue', 'continue', 'break'))}"]
        lines = [
            f"if {test}:",
            *(f"    {line}" for line in self._block(dict(scope), kept, depth + 1, loop=loop)),
        ]
        if rng.random() < 0.3:
            other = self._expressions.of("bool", scope, 1)
            lines += [f"elif {other}:", *(f"    {line}" for line in self._update(scope, kept))]
        if rng.random() < 0.5:
            lines += ["else:", *(f"    {line}" for line in self._update(scope, kept))]
        return lines

    def _block(self, scope: dict[str, str], kept: dict[str, str], depth: int, *, loop: bool) -> list[str]:
        lines: list[str] = []
        for _ in range(self._rng.randint(1, 3)):
            if self._left > 0 or not lines:
                lines += self._statement(scope, kept, depth, loop=loop)
        if not any(name in line for name in kept for line in lines):
            lines += self._update(scope, kept)
        return lines

    def _fresh(self, kind: str) -> str:
        free = [name for name in NAMES.get(kind, ("v",)) if name not in self._used]
        name = self._rng.choice(free) if free else f"v{len(self._used)}"
        self._used.add(name)
        return name
