"""The interpreter as a program finds it, and as it leaves it.

What a program changes here it changes for itself: the harness has builtins of its own (`client`), and keeps
what it needs of `sys` and `gc`.
"""

import builtins
import sys
from gc import enable as enable_collector
from sys import getrecursionlimit, setprofile, setrecursionlimit, settrace
from types import ModuleType

_BUILTINS = dict(vars(builtins))
_RECURSION_LIMIT = getrecursionlimit()
_READY: list[ModuleType] = []


def add_builtins(**more: object) -> None:
    """Give all programs builtins that the interpreter lacks."""
    _BUILTINS.update(more)


def own_builtins() -> ModuleType:
    """Give the next program a copy of the builtins as they were, and return it."""
    copy = _READY.pop() if _READY else _copied()
    sys.modules["builtins"] = copy
    return copy


def reuse(copy: ModuleType) -> None:
    """Have the next program get a copy that no program has changed.

    Making one costs a fork a page of memory for every few builtins.
    """
    _READY[:] = [copy]


def _copied() -> ModuleType:
    copy = ModuleType("builtins")
    vars(copy).update(_BUILTINS)
    return copy


def restore() -> None:
    """Undo what a program did to the interpreter under the harness, when its call has ended."""
    for reset in (setprofile, settrace):
        try:
            reset(None)
        except BaseException:  # raised by the program's own hook; the interpreter then drops it
            continue
    setrecursionlimit(_RECURSION_LIMIT)
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    enable_collector()
