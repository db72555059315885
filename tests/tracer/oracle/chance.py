"""Makes programs by chance: seeded, short, and sure to end."""

import random
import warnings
from collections.abc import Iterator

from tests.tracer.oracle.compare import Case
from tests.tracer.oracle.compound_templates import COMPOUND
from tests.tracer.oracle.prelude import PRELUDE
from tests.tracer.oracle.shake import shaken
from tests.tracer.oracle.templates import SIMPLE

NUMBERS = ("a", "b", "c")
CONTAINERS = {
    "xs": "[3, 1, 2]",
    "d": "{0: 1, 1: 2}",
    "od": "OrderedDict({0: 1, 1: 2, 2: 3})",
    "dq": "deque([1, 2], maxlen=4)",
    "ct": "Counter([1, 1, 2])",
    "dd": "defaultdict(list)",
    "ba": "bytearray(b'ab')",
    "q": "{1, 2, 5}",
    "tank": "Tank(1)",
    "pt": "Pair(1, 2)",
    "rec": "Rec()",
    "gen": "numbers(3)",
}
EXPRESSIONS = (
    "$v", "$v", "$k", "$v + $k", "$v * 2 % 97", "$v - $v", "$v // $v", "$v % ($k + 1)", "len(LOG)", "abs($v)",
    "($v if $c else $k)", "(t := $v + 1)", "min($v, $k)", "int('1' + str($k))", "G", "-$v", "$v & $k",
    "[$v, $k][$k % 2]", "divmod($v, 3)[1]",
)  # fmt: skip
CONDITIONS = (
    "$v > $k", "$v == $v", "$v < $k and $v != 2", "not $v", "$k <= $v < 9", "$v or $k > 2", "LOG", "$v in (1, 2)",
    "(t := $v) > 1", "$v % 2", "len(LOG) > $k", "isinstance($v, int)", "True", "0", "$v is None",
)  # fmt: skip
HELPER_EXPRESSIONS = ("helper($v)", "deep($k)")


class Maker:
    """Makes one program."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.unique = 0
        self.left = 0
        self.has: list[str] = []
        self.expressions: tuple[str, ...] = EXPRESSIONS
        self.globals = False
        self.nested = 0

    def program(self) -> str:
        """Return a program with the entry point `f`, which takes a number and a list."""
        helper = self._function("def helper(a):", ["b = 2", "c = a"], 5, [])
        maker = self._function("def made(a, b=1):", ["c = 0"], 6, ["yield"])
        deep = "def deep(a):\n    b = a\n    if a <= 0:\n        return 0\n    c = deep(a - 1) + 1\n    return c\n"
        self.expressions = (*EXPRESSIONS, *HELPER_EXPRESSIONS)
        use = ["for piece in made(a % 3):", "    LOG.append(piece)"] if self.chance.random() < 0.5 else []
        main = self._function("def f(a, xs):", ["b = 1", "c = 2", "LOG.clear()", *use], 14, ["xs"])
        return shaken("\n\n".join([PRELUDE, deep, helper, maker]), main)

    def _function(self, head: str, first: list[str], size: int, has: list[str]) -> str:
        others = self.chance.sample(sorted(CONTAINERS), 3)
        self.has = [*has, *others]
        made = [f"{name} = {CONTAINERS[name]}" for name in others if name not in has]
        self.left = size
        body = ["global G"] if self.chance.random() < 0.3 else []
        self.globals = bool(body)
        body += [*first, *made]
        while self.left > 0:
            body += self._statement(0, in_loop=False)
        if self.chance.random() < 0.8:
            body.append(f"return {self._fill(self.chance.choice(['$v', '$i', '[a, b, c]', '(a, $i)']))}")
        return "\n".join([head, *[f"    {line}" for line in body]]) + "\n"

    def _statement(self, depth: int, *, in_loop: bool) -> list[str]:
        self.left -= 1
        compound = depth < 3 and self.chance.random() < (0.5 if depth < 2 else 0.25)
        can = {"-", *self.has} | ({"loop"} if in_loop else set())
        while True:
            need, text = self.chance.choice(COMPOUND if compound else SIMPLE)
            if need not in can or (need == "-" and self.chance.random() < 0.3):
                continue
            if "global G" in text and self.globals:
                continue
            if "yield from" in text and self.chance.random() < 0.3:
                continue
            break
        return self._expanded(text, depth, in_loop=in_loop)

    def _expanded(self, text: str, depth: int, *, in_loop: bool) -> list[str]:
        self.unique += 1
        unique = str(self.unique)
        outer = self.chance.choice(NUMBERS)
        lines: list[str] = []
        for line in text.split("\n"):
            bare = line.strip()
            if bare in ("@", "@loop"):
                indent = line[: len(line) - len(bare)]
                lines += [indent + one for one in self._block(depth + 1, in_loop=in_loop or bare == "@loop")]
            else:
                lines.append(self._fill(line.replace("$u", unique).replace("$o", outer)))
        return lines

    def _block(self, depth: int, *, in_loop: bool) -> list[str]:
        lines: list[str] = []
        for _ in range(self.chance.choice((1, 1, 2, 3))):
            lines += self._statement(depth, in_loop=in_loop)
            if self.left <= 0:
                break
        return lines

    def _fill(self, line: str) -> str:
        while True:
            found = min((at for at in map(line.find, ("$v", "$i", "$c", "$k")) if at >= 0), default=-1)
            if found < 0:
                return line
            line = line[:found] + self._part(line[found + 1]) + line[found + 2 :]

    def _part(self, letter: str) -> str:
        if letter == "v":
            return self.chance.choice(NUMBERS)
        if letter == "k" or self.nested > 1:
            return str(self.chance.randrange(4))
        self.nested += 1
        part = self._fill(self.chance.choice(self.expressions if letter == "i" else CONDITIONS))
        self.nested -= 1
        return part


def programs(count: int, seed: int, start: int = 0) -> Iterator[Case]:
    """Yield so many programs, each with one call of its entry point `f`."""
    for number in range(start, start + count):
        chance = random.Random(f"{seed} {number}")
        code = _compiled(chance)
        arguments = f"{chance.randrange(-1, 6)}, {[chance.randrange(9) for _ in range(chance.randrange(4))]}"
        yield Case(f"chance {seed}/{number}", code, "f", arguments)


def _compiled(chance: random.Random) -> str:
    """Return a program that Python accepts: `global` may come too late, blocks may be nested too deeply."""
    while True:
        code = Maker(chance).program()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compile(code, "<chance>", "exec")
        except SyntaxError:
            continue
        return code
