"""The hooks of an instrumented run, and running one: see `tracer.instrument` for who calls them when."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import AsyncGeneratorType, FrameType, GeneratorType
from typing import Any

from tracer.instrument import bind, instrument
from tracer.observation import Observation, Truth
from tracer.observation_wire import decode_observation, encode_observation
from tracer.outcomes import Judged, chain_truths, junction_truths, plain_truth
from tracer.sites import HOOKS
from tracer.trace import RECURSION_LIMIT
from tracer.values import literal

MAX_EVENTS = 200_000
MAX_TEXT = 50_000_000

_COMPREHENSIONS = {"<listcomp>", "<setcomp>", "<dictcomp>"}
_HEADROOM = 500  # frames; a program just under the recursion limit must not meet it in a hook


@dataclass(slots=True)
class _Frame:
    """A call while it is being observed; the fields are those of `ObservedFrame`."""

    function: str
    call: int
    executions: dict[int, int] = field(default_factory=dict)
    values: dict[tuple[int, int], list[str]] = field(default_factory=dict)
    outcomes: dict[tuple[int, int], list[tuple[Truth, ...]]] = field(default_factory=dict)
    loops: dict[int, list[int]] = field(default_factory=dict)


@dataclass(slots=True)
class _Scope:
    """Where an interpreter frame is: in which execution of a statement of which call.

    A generator expression has a scope of its own, which stays at the execution that made it.

    Attributes:
        tested: outermost junction -> its operands evaluated so far, each with literal and truth.
        reached: chained comparison -> its last part that was come to.
    """

    frame: _Frame
    occurrence: int = 0
    tested: dict[int, dict[int, tuple[str, bool | None]]] = field(default_factory=dict)
    reached: dict[int, int] = field(default_factory=dict)


class Observer:
    """Runs the instrumented `code` of a program and collects what its hooks are told.

    Like a `Recorder`, it watches what the body of `with observer.watching()` calls. Values become
    literals at once: no object of the program is kept, and none of its code is called.
    """

    def __init__(
        self, source: str, filename: str = "<program>", max_events: int = MAX_EVENTS, max_text: int = MAX_TEXT
    ) -> None:
        """Instrument a program.

        Raises:
            ProgramError: it does not parse or cannot be instrumented.
        """
        sites = instrument(source, filename)
        self.cut: str | None = None
        self._source = source
        self._max_events = max_events
        self._sites = sites
        self._frames: list[_Frame] = []
        self._calls: dict[str, int] = {}
        self._recording = False
        self._too_deep = sys.maxsize
        self._events_left = max_events
        self._text_left = max_text
        # By id, since holding a frame would hold its locals. A reused id does no harm: every frame that
        # can come here (a call, a generator expression) is entered anew when it begins.
        self._scopes: dict[int, _Scope] = {}
        self.code = bind(sites, {name: getattr(self, f"_on_{name}") for name in HOOKS})

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Collect what the body of the `with` calls; what ran before (at import) is forgotten."""
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(limit + _HEADROOM)
        self._frames, self._calls = [], {}
        self._recording = True
        self._too_deep = limit // 3
        try:
            yield
        finally:
            self._recording = False
            sys.setrecursionlimit(limit)

    def write(self, value: object) -> str:
        """Return the literal or marker of a value."""
        return literal(value)

    def report(self) -> bytes:
        """Return what was collected, for `decode_observation`."""
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        return encode_observation(python, self.cut, self._frames, self._max_events)

    def observation(self) -> Observation:
        """Return what was collected, as data."""
        return decode_observation(memoryview(self.report()), self._source, self._max_events)

    # Frames and statements

    def _on_enter(self, function: int, statement: int | None = None) -> None:
        name = self._sites.functions[function]
        self._calls[name] = call = self._calls.get(name, 0) + 1
        frame = _Frame(name, call)
        self._scopes[id(sys._getframe(1))] = scope = _Scope(frame)
        if self._recording:
            self._spend("")
            self._frames.append(frame)
            self._look_down()
        if statement is not None:
            self._begin(scope, statement)

    def _look_down(self) -> None:
        """End the report where a run comes near the recursion limit: with the hooks, it meets it elsewhere.

        Near is a third of it: a level of recursion through `sorted` or `map` takes up to three.
        """
        with suppress(ValueError):  # the usual case: the stack is not that deep
            sys._getframe(self._too_deep)
            self.cut = RECURSION_LIMIT
            self._recording = False

    def _on_begin(self, statement: int) -> None:
        scope = self._scope(sys._getframe(1))
        if scope is not None:
            self._begin(scope, statement)

    def _on_loop(self, statement: int) -> None:
        scope = self._scope(sys._getframe(1))
        if scope is not None:
            scope.frame.loops.setdefault(statement, []).append(0)

    def _on_iteration(self, statement: int) -> None:
        scope = self._scope(sys._getframe(1))
        if scope is not None:
            scope.frame.loops[statement][-1] += 1

    def _on_next_visit(self, statement: int) -> None:
        scope = self._scope(sys._getframe(1))
        if scope is not None:
            counts = scope.frame.loops[statement]
            counts[-1] += 1
            if counts[-1] > 1:  # the first visit began the statement
                scope.frame.executions[statement] += 1

    def _on_exhausted(self, statement: int) -> None:
        scope = self._scope(sys._getframe(1))
        if scope is not None and scope.frame.loops[statement][-1] > 0:
            scope.frame.executions[statement] += 1

    def _on_generator(self, made: Any) -> object:
        scope = self._scope(sys._getframe(1))
        inner = made.gi_frame if isinstance(made, GeneratorType) else None
        inner = made.ag_frame if isinstance(made, AsyncGeneratorType) else inner
        if scope is not None and inner is not None:
            self._scopes[id(inner)] = _Scope(scope.frame, scope.occurrence)
        return made

    def _scope(self, frame: FrameType | None) -> _Scope | None:
        while frame is not None and frame.f_code.co_name in _COMPREHENSIONS:
            frame = frame.f_back  # they have a frame of their own up to Python 3.11
        return self._scopes.get(id(frame))

    def _begin(self, scope: _Scope, statement: int) -> None:
        executions = scope.frame.executions
        executions[statement] = scope.occurrence = executions.get(statement, 0) + 1
        if scope.tested:
            scope.tested = {}
        if scope.reached:
            scope.reached = {}

    # Expressions

    @staticmethod
    def _on_then(_: object, value: object) -> object:
        return value

    def _on_value(self, number: int, value: object) -> object:
        scope = self._scope(sys._getframe(1))
        if scope is not None and self._recording:
            self._note(scope, number, literal(value))
            if number in self._sites.chains:
                self._settle_chain(scope, number, plain_truth(value))
        return value

    def _on_operand(self, number: int, value: object) -> object:
        scope = self._scope(sys._getframe(1))
        if scope is not None and self._recording:
            self._operand(scope, number, literal(value), plain_truth(value))
        return value

    def _on_tested(self, number: int, value: object) -> object:
        scope = self._scope(sys._getframe(1))
        text, truth, judged = self._judge(scope, number, value)
        if scope is not None and self._recording:
            self._operand(scope, number, text, truth)
        return judged

    def _on_junction(self, number: int, value: object) -> object:
        scope = self._scope(sys._getframe(1))
        if scope is not None and self._recording:
            self._settle(scope, number, None)
        return value

    def _on_condition(self, number: int, value: object) -> object:
        scope = self._scope(sys._getframe(1))
        text, truth, judged = self._judge(scope, number, value)
        if scope is None or not self._recording:
            return judged
        if number in self._sites.junctions:
            self._settle(scope, number, truth)
            return judged
        self._note(scope, number, text)
        if number in self._sites.chains:
            self._settle_chain(scope, number, truth)
        else:
            self._outcome(scope, number, (truth,))
        return judged

    def _on_reached(self, number: int, chain: int, part: int, value: object) -> object:
        scope = self._scope(sys._getframe(1))
        if scope is not None:
            scope.reached[chain] = part
            if self._recording:
                self._note(scope, number, literal(value))
        return value

    def _operand(self, scope: _Scope, number: int, text: str, truth: bool | None) -> None:
        self._note(scope, number, text)
        if number in self._sites.chains:
            self._settle_chain(scope, number, truth)
        scope.tested.setdefault(self._sites.roots[number], {})[number] = (text, truth)

    def _judge(self, scope: _Scope | None, number: int, value: object) -> tuple[str, bool, object]:
        """Return literal and truth, and what stands for the value where only its truth matters."""
        if isinstance(value, Judged):
            return value.text, value.truth, value
        text = literal(value) if self._recording else ""
        plain = plain_truth(value)
        if plain is not None:
            return text, plain, value
        parts = self._sites.chains.get(number)
        if parts is not None and scope is not None and scope.reached.get(number, 1) < parts:
            truth = False  # the comparison stopped at this value: Python has asked for its truth already
        else:
            truth = bool(value)
        return text, truth, Judged(text, truth)

    def _settle_chain(self, scope: _Scope, number: int, truth: bool | None) -> None:
        parts = self._sites.chains[number]
        self._outcome(scope, number, chain_truths(parts, scope.reached.pop(number, 1), truth))

    def _settle(self, scope: _Scope, root: int, truth: bool | None) -> None:
        for one in junction_truths(self._sites.junctions[root], scope.tested.pop(root, {}), truth):
            self._note(scope, one.node, one.text)
            self._outcome(scope, one.node, one.truths)

    def _note(self, scope: _Scope, number: int, text: str) -> None:
        if self._spend(text):
            scope.frame.values.setdefault((number, scope.occurrence), []).append(text)

    def _outcome(self, scope: _Scope, number: int, truths: tuple[Truth, ...]) -> None:
        if self._spend(""):
            scope.frame.outcomes.setdefault((number, scope.occurrence), []).append(truths)

    def _spend(self, text: str) -> bool:
        self._events_left -= 1
        self._text_left -= len(text)
        if self._events_left < 0 or self._text_left < 0:
            self.cut = "too many events" if self._events_left < 0 else "too much text"
            self._recording = False
        return self._recording
