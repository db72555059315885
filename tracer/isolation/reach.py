"""What of the harness a program meets in its interpreter. It can reach all that is in this module, so nothing
else is in it: what is noted goes to the guard by way of `sys.audit`.
"""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from sys import audit, getprofile, getrefcount, gettrace, setprofile, settrace
from types import ModuleType
from typing import Any

ASKED = "tracer.asked"
"""An audited event: somebody asks who watches; the guard raises `LookupError` if it is the harness."""


class MissingModules:
    """Comes last in the search for a module, and says why one of the standard library is not found."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find nothing."""
        if name.partition(".")[0] in sys.stdlib_module_names:
            raise ModuleNotFoundError(
                f"{name} cannot be imported in the sandbox: it is not preloaded, and files cannot be read",
                name=name,
            )
        return None


def hide_watcher() -> None:
    """Have a program that asks whether it is watched hear what it hears in a plain run.

    Setting a trace function is an audited event as well, but also where Python drops one that failed.
    """
    sys.gettrace = _gettrace
    sys.getprofile = _getprofile
    sys.settrace = _settrace
    sys.setprofile = _setprofile
    sys.getrefcount = _getrefcount


def _is_harness(what: str) -> bool:
    try:
        audit(ASKED, what)
    except LookupError:
        return True
    return False


def _gettrace() -> Any:
    return gettrace() if _is_harness("asks who watches it (sys.gettrace)") else None


def _getprofile() -> Any:
    return getprofile() if _is_harness("asks who watches it (sys.getprofile)") else None


def _settrace(function: Any, /) -> None:
    _is_harness("sets a trace function (sys.settrace)")
    settrace(function)


def _setprofile(function: Any, /) -> None:
    _is_harness("sets a profile function (sys.setprofile)")
    setprofile(function)


def _getrefcount(value: object, /) -> int:
    _is_harness("counts references (sys.getrefcount)")
    return getrefcount(value)
