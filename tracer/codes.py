"""What the recorder needs to know of a code object, worked out once."""

import dis
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType
from typing import Literal

_SUSPENDING = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
_RETURNS = frozenset({"RETURN_VALUE", "RETURN_CONST", "RETURN_GENERATOR"})
_YIELDS = frozenset({"YIELD_VALUE", "SEND", "RESUME"})
_GLOBAL = frozenset({"LOAD_GLOBAL", "STORE_GLOBAL", "DELETE_GLOBAL", "LOAD_NAME"})

HowLeft = Literal["returns", "yields", "raises"]


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """The facts.

    Attributes:
        name: qualified name.
        recorded: a function proper of the watched file: its frames are recorded.
        suspends: a generator or coroutine.
        start: offset of the instruction at which a new call of it is announced; resumptions come later.
        globals: names of module variables that its own code, or a comprehension in it, reads or writes.
        reraises: offsets of instructions that pass an exception on. The compiler may give them the line of
            the last statement of a `finally` block (CPython issue 105658), which is not executed then.
        opcodes: the byte code.
    """

    name: str
    recorded: bool
    suspends: bool = False
    start: int = 0
    globals: tuple[str, ...] = ()
    reraises: frozenset[int] = frozenset()
    opcodes: bytes = b""

    def exit_at(self, instruction: int) -> HowLeft:
        """Tell what a return event at an instruction means: it comes for exceptions and yields, too."""
        name = dis.opname[self.opcodes[instruction]]
        if name in _RETURNS:
            return "returns"
        return "yields" if self.suspends and name in _YIELDS else "raises"


def facts_of(code: CodeType, filename: str, module_variables: frozenset[str] = frozenset()) -> CodeFacts:
    """Work out the facts of a code object, for a recorder that watches `filename`.

    Args:
        code: the code object.
        filename: the watched file.
        module_variables: names of the module's variables that a frame's states include.
    """
    ours = code.co_filename == filename
    if not ours or code.co_name.startswith("<") or not code.co_flags & inspect.CO_OPTIMIZED:
        return CodeFacts(code.co_qualname, recorded=False)
    instructions = list(dis.get_instructions(code))
    used = {
        instruction.argval
        for part in (code, *_inline(code))
        for instruction in dis.get_instructions(part)
        if instruction.opname in _GLOBAL
    }
    return CodeFacts(
        name=code.co_qualname,
        recorded=True,
        suspends=bool(code.co_flags & _SUSPENDING),
        start=next(i.offset for i in instructions if i.opname == "RESUME"),
        globals=tuple(sorted(used & module_variables)),
        reraises=frozenset(_reraises(instructions)),
        opcodes=code.co_code,
    )


def _inline(code: CodeType) -> Iterator[CodeType]:
    """Yield the comprehensions of a function, which have code of their own on some minors only."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType) and constant.co_name in ("<listcomp>", "<setcomp>", "<dictcomp>"):
            yield constant
            yield from _inline(constant)


def _reraises(instructions: list[dis.Instruction]) -> Iterator[int]:
    """Yield the offsets of RERAISE and of what prepares it."""
    for index, instruction in enumerate(instructions):
        if instruction.opname == "RERAISE":
            yield instruction.offset
            before = [one.opname for one in instructions[max(0, index - 2) : index]]
            if before[-1:] == ["POP_EXCEPT"] and before[0] in ("COPY", "SWAP"):
                yield from (one.offset for one in instructions[index - 2 : index])
