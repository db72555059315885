"""An audit hook: what programs may not do, and what is noted when one looks at its own observation.

Only what a program does itself is noted; its libraries look at frames for good reasons (`namedtuple` does).
The hook is called for every audited event, so what it does not know it lets pass after one look-up.
"""

import os
import sys
from collections.abc import Callable
from opcode import opname
from sys import _getframe
from typing import Any, NamedTuple

from tracer.isolation import reach
from tracer.isolation.boot import IN_REACH
from tracer.isolation.reach import ASKED

_LIBRARY = (os.path.dirname(os.__file__) + os.sep, "<frozen ")  # noqa: PTH120

# Who has these has all objects of the process: nobody gets them.
_REFUSED = frozenset({"gc.get_objects", "gc.get_referrers", "gc.get_referents", "sys._current_frames"})

# What code that is not trusted does not get, whoever calls it on its behalf.
_FOR_TRUSTED = frozenset({
    "sys.settrace", "sys.setprofile", "sys.addaudithook", "sys.monitoring.register_callback",
    "sys._current_exceptions", "sys.set_asyncgen_hooks_firstiter", "sys.set_asyncgen_hooks_finalizer",
    *(f"ctypes.{name}" for name in (
        "addressof", "call_function", "cdata", "cdata/buffer", "create_string_buffer",
        "create_unicode_buffer", "dlopen", "dlsym", "dlsym/handle", "get_errno", "set_errno", "string_at",
        "wstring_at", "memoryview_at", "PyObj_FromPtr",
    )),
})  # fmt: skip
_MODULES_FOR_TRUSTED = frozenset({
    "ctypes", "_ctypes", "_ctypes_test", "_testcapi", "_testinternalcapi", "_testlimitedcapi",
    "_interpreters", "_xxsubinterpreters", "_interpchannels", "_interpqueues", "tracer",
})  # fmt: skip

# What a program does itself (not a library for it) and what it is called; code that is not trusted may not.
_OWN = {
    "sys._getframe": "looks at its own frames (sys._getframe)",
    "sys._getframemodulename": "looks at its own frames (sys._getframemodulename)",
    "object.__getattr__": "looks at its own frames (tb_frame)",
    "code.__new__": "makes code objects of its own",
    "object.__setattr__": "changes the code of a function",
    "marshal.loads": "makes code objects of its own (marshal.loads)",
    "compile": "compiles code under the name of a library's file",
}
_NOTED = {
    **_OWN,
    "sys.addaudithook": "adds an audit hook (sys.addaudithook)",
    "sys.monitoring.register_callback": "watches its own execution (sys.monitoring)",
}
_ATTRIBUTES = {"object.__getattr__": "tb_frame", "object.__setattr__": "__code__"}

_DROPPED = ("sys.settrace", "sys.setprofile")  # also where Python drops a function that failed

_REACH = vars(reach)

_WATCHED = _REFUSED | _FOR_TRUSTED | set(_NOTED) | {"import", ASKED}


class Guard:
    """The hook, and what it noted.

    Attributes:
        trusted: whether the program that runs was chosen by us.
        notes: what the program did to look at, or to change, its own observation; in words, without repeats.
    """

    def __init__(self) -> None:
        self.trusted = True
        self.notes: dict[str, None] = {}
        self._ours: set[int] = set()
        self._busy = True  # until a program begins

    def install(self) -> None:
        """Watch this process from now on; what its harness does, the modules loaded now, is not noted."""
        self._ours = {
            id(vars(module))
            for name, module in sys.modules.items()
            if name.startswith("tracer.") and name not in IN_REACH
        }
        sys.addaudithook(self._hook())

    def begin(self, *, trusted: bool) -> None:
        """Forget what was noted: another program runs."""
        self.trusted = trusted
        self.notes = {}
        self._busy = False

    def end(self) -> tuple[str, ...]:
        """Let everything pass again, and return what was noted."""
        self._busy = True
        return tuple(self.notes)

    def _hook(self) -> Callable[[str, tuple[Any, ...]], None]:
        watched, check = _WATCHED, self._check

        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            if event in watched:
                check(event, arguments)

        return hook

    def _check(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _ATTRIBUTES and arguments[1] != _ATTRIBUTES[event]:
            return
        if event == "compile" and not str(arguments[1]).startswith(_LIBRARY):
            return
        asker = None if self._busy else self._asker()
        if asker is None:
            if event == ASKED:
                raise LookupError
            return
        if event in _DROPPED and not asker.calls:
            return
        self._refuse(event, arguments, own=asker.own)
        if asker.own and (event == ASKED or event in _NOTED):
            self.notes[f"the program {arguments[0] if event == ASKED else _NOTED[event]}"] = None

    def _asker(self) -> "_Asker | None":
        """Return who caused the event, None if it was the harness."""
        self._busy = True  # looking at a frame is an event, too
        try:
            frame = _getframe(3)
            while frame.f_back is not None and frame.f_globals is _REACH:
                frame = frame.f_back
            if id(frame.f_globals) in self._ours:
                return None
            code = frame.f_code
            calls = opname[code.co_code[frame.f_lasti]].startswith("CALL")
            return _Asker(not code.co_filename.startswith(_LIBRARY), calls)
        finally:
            self._busy = False

    def _refuse(self, event: str, arguments: tuple[Any, ...], *, own: bool) -> None:
        if event == "import":
            if not self.trusted and arguments[0].partition(".")[0] in _MODULES_FOR_TRUSTED:
                raise ImportError(f"{arguments[0]} is not available to code that is not trusted")
        elif event in _REFUSED:
            raise PermissionError(f"{event} is not available in the sandbox")
        elif not self.trusted and (event in _FOR_TRUSTED or (own and event in _OWN)):
            raise PermissionError(f"{event} is not available to code that is not trusted")


class _Asker(NamedTuple):
    """Who caused an event: whether the program itself, and whether by a call in its text."""

    own: bool
    calls: bool
