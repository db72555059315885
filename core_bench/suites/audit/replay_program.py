"""Runs in the sandbox as a program of its own (see `replay`) and prints what it saw as JSON."""

import copy
import io
import json
import sys
from types import CodeType, FrameType
from typing import Any

_NAME = "<published>"

Watch = Any  # a trace function returns itself


def replay(job_text: str) -> None:
    """Make the call of a job (imports, source, call, watched expressions) and print its line events."""
    job = json.loads(job_text)
    scope: dict[str, Any] = {"__name__": "program"}
    exec(job["imports"], scope)
    exec(compile(job["source"], _NAME, "exec"), scope)
    watcher = _Watcher(scope, job["watched"], job["most"])
    call = compile(job["call"], "<call>", "eval")
    shown, sys.stdout = sys.stdout, io.StringIO()
    sys.settrace(watcher.watch)
    try:
        returned = eval(call, scope)
    finally:
        sys.settrace(None)
        sys.stdout = shown
    sys.stdout.write(json.dumps({"events": watcher.rows, "returned": _text(returned)}))


def _text(value: object) -> str:
    try:
        return repr(value)
    except Exception as error:
        return f"<{type(error).__name__}>"


class _Watcher:
    def __init__(self, scope: dict[str, Any], watched: list[tuple[str, list[int]]], most: int) -> None:
        self.rows: list[list[Any]] = []
        self._scope = scope
        self._most = most
        self._frames: dict[FrameType, int] = {}
        self._last: dict[int, dict[str, str]] = {}
        self._watched: dict[int, list[tuple[str, CodeType]]] = {}
        for number, (text, lines) in enumerate(watched):
            for line in lines:
                self._watched.setdefault(line, []).append((str(number), compile(text, "<watched>", "eval")))

    def watch(self, frame: FrameType, event: str, arg: object) -> Watch:
        if frame.f_code.co_filename != _NAME:
            return None
        if event == "line" and len(self.rows) < self._most:
            self.rows.append(self._row(frame))
        return self.watch

    def _row(self, frame: FrameType) -> list[Any]:
        number = self._frames.setdefault(frame, len(self._frames))
        last = self._last.get(number, {})
        state = {name: _text(value) for name, value in frame.f_locals.items()}
        changed: dict[str, str | None] = {name: s for name, s in state.items() if last.get(name) != s}
        changed.update({name: None for name in last if name not in state})
        self._last[number] = state
        values = {key: self._value(code, frame) for key, code in self._watched.get(frame.f_lineno, ())}
        return [number, frame.f_lineno, changed, values]

    def _value(self, code: CodeType, frame: FrameType) -> str | None:
        """Evaluate on copies, so that looking changes nothing; tracing is off while we look."""
        try:
            return _text(eval(code, {**self._scope, **copy.deepcopy(frame.f_locals)}))
        except Exception:
            return None
