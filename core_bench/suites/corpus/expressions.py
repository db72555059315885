"""Random expressions of a kind: a small grammar, mixed with parts of other programs."""

from collections.abc import Mapping
from random import Random

from core_bench.suites.corpus.parts import Parts

ELEMENTS = ("x", "y", "z", "e", "c", "w")
"""Names that comprehensions bind."""

_PART_SHARE = 0.35
_LETTERS = "abcdeXY 01-"


class Expressions:
    """Writes expressions; every choice comes from `rng`."""

    def __init__(self, rng: Random, parts: Parts) -> None:
        self._rng = rng
        self._parts = parts

    def of(self, kind: str, scope: Mapping[str, str], depth: int = 2) -> str:
        """Return an expression of a kind over the variables of `scope` (name -> kind)."""
        rng = self._rng
        if depth > 0 and rng.random() < _PART_SHARE:
            part = self._parts.draw(kind, scope, ELEMENTS, rng)
            if part is not None:
                return f"({part})"
        if depth <= 0 or rng.random() < 0.2:
            return self._leaf(kind, scope)
        match kind:
            case "int":
                return self._int(scope, depth - 1)
            case "bool":
                return self._bool(scope, depth - 1)
            case "str":
                return self._str(scope, depth - 1)
            case "list[int]":
                return self._numbers(scope, depth - 1)
            case "list[str]":
                return self._strings(scope, depth - 1)
        return self._leaf(kind, scope)

    def element_of(self, kind: str) -> str:
        """Return the kind of what a loop over a value of `kind` gives."""
        return {"list[int]": "int", "list[str]": "str", "str": "str", "list[list[int]]": "list[int]"}[kind]

    def _leaf(self, kind: str, scope: Mapping[str, str]) -> str:
        names = [name for name, has in scope.items() if has == kind]
        if names and self._rng.random() < 0.85:
            return self._rng.choice(names)
        rng = self._rng
        match kind:
            case "int":
                return str(rng.choice((0, 1, 2, 3, 4, 5, 7, 10, rng.randint(-5, 40))))
            case "bool":
                return rng.choice(("True", "False"))
            case "str":
                return repr("".join(rng.choice(_LETTERS) for _ in range(rng.randint(0, 3))))
            case "list[int]":
                return f"[{', '.join(self._leaf('int', scope) for _ in range(rng.randint(1, 3)))}]"
            case "list[str]":
                return f"[{', '.join(self._leaf('str', scope) for _ in range(rng.randint(1, 2)))}]"
            case "dict[str, int]":
                return f"{{{self._leaf('str', scope)}: {self._leaf('int', scope)}}}"
            case "list[list[int]]":
                return f"[{self._leaf('list[int]', scope)}]"
        raise ValueError(kind)

    def _int(self, scope: Mapping[str, str], depth: int) -> str:
        rng = self._rng
        one, other = self._two("int", scope, depth)
        match rng.randrange(14):
            case 0 | 1 | 2 | 3:
                return f"({one} {rng.choice('++--*')} {other})"
            case 4:
                return f"({one} {rng.choice(('//', '%'))} {rng.randint(2, 9)})"
            case 5:
                return f"{rng.choice(('max', 'min'))}({one}, {other})"
            case 6:
                return f"abs({one})"
            case 7 | 8:
                return f"len({self.of(rng.choice(('str', 'list[int]', 'list[str]')), scope, depth)})"
            case 9:
                return f"sum({self.of('list[int]', scope, depth)})"
            case 10:
                return f"({one} {rng.choice('&|^')} {other})"
            case 11:
                return f"{self.of('str', scope, 0)}.{rng.choice(('count', 'find'))}({self._letter()})"
            case 12:
                return f"({one} if {self.of('bool', scope, depth)} else {other})"
        return self._indexed("list[int]", scope) or one

    def _bool(self, scope: Mapping[str, str], depth: int) -> str:
        rng = self._rng
        match rng.randrange(9):
            case 0 | 1 | 2 | 3:
                sign = rng.choice(("<", "<=", ">", ">=", "==", "!="))
                one, other = self._two("int", scope, depth)
                return f"({one} {sign} {other})"
            case 4:
                return f"({self.of('int', scope, depth)} % {rng.randint(2, 5)} == {rng.randint(0, 2)})"
            case 5:
                return f"({self.of('int', scope, 0)} in {self.of('list[int]', scope, depth)})"
            case 6:
                joined = rng.choice(("and", "or"))
                return f"({self.of('bool', scope, depth)} {joined} {self.of('bool', scope, depth)})"
            case 7:
                return f"(not {self.of('bool', scope, depth)})"
        asked = rng.choice((f"startswith({self._letter()})", "isdigit()", "isalpha()", "islower()"))
        return f"{self.of('str', scope, 0)}.{asked}"

    def _str(self, scope: Mapping[str, str], depth: int) -> str:
        rng = self._rng
        text = self.of("str", scope, depth)
        match rng.randrange(9):
            case 0 | 1:
                return f"({text} + {self.of('str', scope, depth)})"
            case 2:
                return f"({text} * {rng.randint(2, 3)})"
            case 3:
                return f"{text}{rng.choice(('[::-1]', '[1:]', '[:2]', '[::2]', '[:-1]'))}"
            case 4:
                return f"{text}.{rng.choice(('upper', 'lower', 'swapcase', 'strip', 'title'))}()"
            case 5:
                return f"str({self.of('int', scope, depth)})"
            case 6:
                return f"{self._letter()}.join({self.of('list[str]', scope, depth)})"
            case 7:
                return f"{text}.replace({self._letter()}, {self._letter()})"
        return self._indexed("list[str]", scope) or text

    def _numbers(self, scope: Mapping[str, str], depth: int) -> str:
        rng = self._rng
        numbers = self.of("list[int]", scope, depth)
        match rng.randrange(7):
            case 0:
                return f"({numbers} + [{self.of('int', scope, depth)}])"
            case 1:
                return f"sorted({numbers}{rng.choice(('', ', reverse=True'))})"
            case 2:
                return f"{numbers}{rng.choice(('[::-1]', '[1:]', '[:2]', '[::2]', '[:-1]'))}"
            case 3:
                return f"list(range({rng.randint(2, 6)}))"
            case 4:
                name = self._element(scope)
                return f"[len({name}) for {name} in {self.of('list[str]', scope, 0)}]"
        name = self._element(scope)
        inner = {**scope, name: "int"}
        given = self.of("int", inner, 1)
        kept = f" if {self.of('bool', {name: 'int'}, 1)}" if rng.random() < 0.4 else ""
        return f"[{given} for {name} in {numbers}{kept}]"

    def _strings(self, scope: Mapping[str, str], depth: int) -> str:
        rng = self._rng
        match rng.randrange(5):
            case 0:
                return f"{self.of('str', scope, depth)}.split()"
            case 1:
                return f"list({self.of('str', scope, depth)})"
            case 2:
                return f"sorted({self.of('list[str]', scope, depth)})"
            case 3:
                return f"({self.of('list[str]', scope, depth)} + [{self.of('str', scope, depth)}])"
        name = self._element(scope)
        given = self.of("str", {**scope, name: "str"}, 1)
        return f"[{given} for {name} in {self.of('list[str]', scope, 0)}]"

    def _indexed(self, kind: str, scope: Mapping[str, str]) -> str | None:
        """Return an element of a list variable that cannot be out of its range, unless the list is empty."""
        names = [name for name, has in scope.items() if has == kind]
        if not names:
            return None
        name = self._rng.choice(names)
        if self._rng.random() < 0.4:
            return f"{name}[{self._rng.choice((0, -1))}]"
        return f"{name}[{self.of('int', scope, 0)} % len({name})]"

    def _two(self, kind: str, scope: Mapping[str, str], depth: int) -> tuple[str, str]:
        """Return two expressions that are not the same, if a few tries find such."""
        one = other = self.of(kind, scope, depth)
        for _ in range(4):
            if one != other:
                break
            other = self.of(kind, scope, depth)
        return one, other

    def _element(self, scope: Mapping[str, str]) -> str:
        return next(name for name in ELEMENTS if name not in scope)

    def _letter(self) -> str:
        return repr(self._rng.choice("abcde -1"))
