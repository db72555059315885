"""What the recorder needs to know of a code object, worked out once."""

import dis
import inspect
from dataclasses import dataclass
from types import CodeType
from typing import Literal

from tracer.effects import Effects

_SUSPENDING = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
_RETURNS = frozenset({"RETURN_VALUE", "RETURN_CONST", "RETURN_GENERATOR"})
_YIELDS = frozenset({"YIELD_VALUE", "SEND", "RESUME"})

HowLeft = Literal["returns", "yields", "raises"]


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """The facts.

    Attributes:
        name: qualified name.
        recorded: a function proper of the watched file: its frames are recorded.
        quiet: running it can change nothing that its statement does not show.
        suspends: a generator or coroutine.
        globals: names of module variables that its own code reads or writes.
        binds_globals: it binds some of them.
        opcodes: the byte code.
    """

    name: str
    recorded: bool
    quiet: bool
    suspends: bool
    globals: tuple[str, ...]
    binds_globals: bool
    opcodes: bytes

    def exit_at(self, instruction: int) -> HowLeft:
        """Tell what a return event at an instruction means: it comes for exceptions and yields, too."""
        name = dis.opname[self.opcodes[instruction]]
        if name in _RETURNS:
            return "returns"
        return "yields" if self.suspends and name in _YIELDS else "raises"


def facts_of(code: CodeType, filename: str, effects: Effects) -> CodeFacts:
    """Work out the facts of a code object, for a recorder that watches `filename`."""
    ours = code.co_filename == filename
    inline = code.co_name.startswith("<")
    recorded = ours and not inline and bool(code.co_flags & inspect.CO_OPTIMIZED)
    reads: set[str] = set()
    binds = False
    if recorded and effects.globals:
        for instruction in dis.get_instructions(code):
            if instruction.opname in ("LOAD_GLOBAL", "STORE_GLOBAL", "DELETE_GLOBAL"):
                reads.add(instruction.argval)
                binds |= instruction.opname != "LOAD_GLOBAL"
    return CodeFacts(
        name=code.co_qualname,
        recorded=recorded,
        quiet=ours and inline and code.co_firstlineno in effects.quiet,
        suspends=bool(code.co_flags & _SUSPENDING),
        globals=tuple(sorted(reads & effects.globals)),
        binds_globals=binds,
        opcodes=code.co_code if recorded else b"",
    )
