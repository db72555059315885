"""A trace as a table for the terminal: one row a step, calls and returns indented by depth.

Rows are laid out here and not by `rich.table`, which would first measure all of them: a trace has up to
twenty thousand, and the first should be on the screen at once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from core_bench.errors import CoreBenchError
from core_bench.pages import Event, Timeline, TracedCall
from tracer import Frame, is_marker, source_lines

_DEEPEST = 8
"""Levels that are drawn; a deeper call says its depth as a number."""

_OUTPUT_LINES = 40
_GAP = "  "

_NARROW = 72
"""Columns below which the source is indented by one column a level, not four, so that its text is seen."""


@dataclass(frozen=True, slots=True)
class _Widths:
    number: int
    line: int
    source: int
    changed: int
    branch: int
    loops: int


def show_trace(console: Console, traced: TracedCall, function: str | None, limit: int | None) -> None:
    """Print the table and what came of the call.

    Raises:
        CoreBenchError: no call of `function` is in the trace; those that are there are listed.
    """
    timeline = traced.timeline()
    chosen = _chosen(traced, timeline, function)
    table = _Table(console, traced, timeline, chosen)
    events = [event for event in timeline.events if event.turn in chosen]
    rows = [event.number > 0 for event in events]
    table.head()
    shown = 0
    for event, is_step in zip(events, rows, strict=True):
        if limit is not None and shown == limit:
            break
        shown += is_step
        table.show(event)
    table.foot(left_out=sum(rows) - shown)


def _chosen(traced: TracedCall, timeline: Timeline, function: str | None) -> dict[int, int]:
    """Return the turns to show, each with its depth among them."""
    frames = traced.trace.frames
    chosen: dict[int, int] = {}
    depths: list[int] = []  # of each turn: how many shown turns are around it and itself
    for index, turn in enumerate(timeline.turns):
        around = depths[turn.caller] if turn.caller is not None else 0
        frame = frames[turn.frame]
        wanted = function is None or function in (frame.function, frame.function.rpartition(".")[2])
        if wanted:
            chosen[index] = around
        depths.append(around + wanted)
    if function is not None and not chosen:
        called = ", ".join(sorted({frame.function for frame in frames}))
        raise CoreBenchError(
            f"{traced.call} makes no call of {function}",
            f"It calls: {called}." if called else "It calls no function of the program.",
        )
    return chosen


class _Table:
    def __init__(
        self, console: Console, traced: TracedCall, timeline: Timeline, chosen: dict[int, int]
    ) -> None:
        self._console = console
        self._traced = traced
        self._frames = traced.trace.frames
        self._timeline = timeline
        self._depths = chosen
        self._lines = [printable(line).expandtabs(4) for line in source_lines(traced.trace.code)]
        if console.width < _NARROW:
            self._lines = [
                " " * ((len(line) - len(line.lstrip())) // 4) + line.lstrip() for line in self._lines
            ]
        fancy = console.encoding.lower().startswith("utf")
        self._into, self._out, self._raise, self._level, self._again, self._on, self._hand, self._cut = (
            ("→ ", "← ", "✗ ", "│ ", "↩ ", "↪ ", "⇠ ", "…")
            if fancy
            else ("> ", "< ", "! ", "| ", "< ", "> ", "<- ", "~")
        )
        self._was_cut = False
        self._widths = self._measure()

    def _measure(self) -> _Widths:
        shown = [event for event in self._timeline.events if event.number and event.turn in self._depths]
        steps = [self._frames[event.frame].steps[event.step] for event in shown]
        number = max(2, len(str(self._timeline.count)))
        line = max(4, len(str(len(self._lines))))
        branch = 6 if any(step.branch is not None for step in steps) else 0
        longest = max((len(_loops(step.iterations)) for step in steps), default=0)
        loops = max(4, longest) if longest else 0
        fixed = sum(width + len(_GAP) for width in (number, line, branch, loops) if width)
        room = max(24, self._console.width - fixed - len(_GAP))
        places = {(self._depths[event.turn], step.line) for event, step in zip(shown, steps, strict=True)}
        wanted = max((cell_len(self._source(depth, row)) for depth, row in places), default=0) + 2
        source = max(12, min(wanted, room * 11 // 20))
        return _Widths(number, line, source, max(10, room - source), branch, loops)

    def _source(self, depth: int, line: int) -> str:
        text = self._lines[line - 1] if 0 < line <= len(self._lines) else ""
        return self._indent(depth) + text

    def _indent(self, depth: int) -> str:
        drawn = self._level * min(depth, _DEEPEST)
        return drawn if depth <= _DEEPEST else f"{drawn}{depth} "

    def head(self) -> None:
        traced = self._traced
        self._print(Text(f"{printable(traced.call)} in {printable(traced.file)}", "bold"))
        self._print(Text())
        self._print(self._cells(("#", "line", "source", "changed", "branch", "loop"), ("dim",) * 6))

    def show(self, event: Event) -> None:
        frame = self._frames[event.frame]
        match event.kind:
            case "enter":
                self._call(event, frame)
            case "leave":
                self._end(event, frame)
            case "suspend":
                handed = frame.steps[event.step].yielded if frame.steps else None
                self._note(event, f"{self._hand}{handed or self._cut}", "cyan")
            case _:
                self._step(event, frame)

    def _call(self, event: Event, frame: Frame) -> None:
        values = ", ".join(f"{name}={text}" for name, text in frame.arguments.items())
        note = f"  ({frame.unclear})" if frame.unclear else ""
        self._note(event, f"{self._into}{frame.function}({values}){note}", "cyan")

    def _end(self, event: Event, frame: Frame) -> None:
        if frame.returned is not None:
            self._note(event, f"{self._out}{frame.returned}", "dim" if is_marker(frame.returned) else "cyan")
        elif frame.raised is not None:
            self._note(event, f"{self._raise}{frame.function} ends by {frame.raised}", "red")
        elif not frame.unclear:
            self._note(event, f"{self._cut} the recording ends here", "yellow")

    def _note(self, event: Event, text: str, style: str) -> None:
        """Print a row that is no step; it starts where the source starts, and may use all the rest."""
        widths = self._widths
        start = widths.number + widths.line + 2 * len(_GAP)
        line = Text(" " * start)
        indent = self._indent(self._depths[event.turn])
        line.append(indent, "dim")
        room = max(10, self._console.width - start - cell_len(indent))
        line.append(self._fit(printable(text), room), style)
        self._print(line)

    def _step(self, event: Event, frame: Frame) -> None:
        step = frame.steps[event.step]
        depth = self._depths[event.turn]
        indent, source = self._indent(depth), self._source(depth, step.line)
        if event.kind in ("back", "resume"):
            text = source[len(indent) :]
            sign = self._again if event.kind == "back" else self._on
            source = f"{indent}{' ' * (len(text) - len(text.lstrip()))}{sign}{text.lstrip()}"
        changes: list[tuple[str, str]] = []
        branch = ""
        if event.done:
            shown: Mapping[str, str] = {} if event.kind == "resume" else step.changed
            shown = step.resumed if event.done > 1 else shown
            changes = [(f"{name} = {text}", "dim" if is_marker(text) else "") for name, text in shown.items()]
            branch = "" if step.branch is None else str(step.branch).lower()
            printed = self._traced.trace.stdout[slice(*event.printed)]
            if printed:
                changes.append((f"prints {printed!r}", "green"))
            if step.raised is not None and event.kind != "resume":
                changes.append((f"{self._raise}raises {step.raised}", "red"))
        first, *others = self._packed(changes)
        texts = (str(event.number), str(step.line), source, first, branch, _loops(step.iterations))
        side = "green" if branch == "true" else "yellow"
        again = "dim" if event.kind in ("back", "resume") else ""
        self._print(self._cells(texts, ("dim", "", again, "", side, "dim")))
        for more in others:
            self._print(self._cells(("", "", indent, more, "", ""), ("dim", "", "dim", "", "", "")))

    def _packed(self, changes: list[tuple[str, str]]) -> list[Text]:
        """Put all changes into one cell if they fit, else each into a cell of its own below the others."""
        width = self._widths.changed
        packed = Text("; ").join(Text(printable(text), style) for text, style in changes)
        if not changes or cell_len(packed.plain) <= width:
            return [packed]
        return [Text(self._fit(printable(text), width), style) for text, style in changes]

    def _cells(self, cells: tuple[str | Text, ...], styles: tuple[str, ...]) -> Text:
        widths = self._widths
        sizes = (widths.number, widths.line, widths.source, widths.changed, widths.branch, widths.loops)
        line = Text()
        for place, (cell, style, size) in enumerate(zip(cells, styles, sizes, strict=True)):
            if not size:
                continue
            if isinstance(cell, Text):
                line.append_text(cell)
                line.append(" " * (size - cell_len(cell.plain)))
            else:
                text = self._fit(cell, size)
                line.append(text.rjust(size) if place < 2 else set_cell_size(text, size), style)
            line.append(_GAP)
        line.rstrip()
        return line

    def _fit(self, text: str, width: int) -> str:
        if cell_len(text) <= width:
            return text
        self._was_cut = True
        return set_cell_size(text, width - 1).rstrip() + self._cut

    def foot(self, left_out: int) -> None:
        outcome, trace = self._traced.outcome, self._traced.trace
        if left_out:
            self._print(Text(f"{self._cut} and {left_out} more rows", "yellow"))
        self._print(Text())
        if outcome.status == "returned":
            value = outcome.value or ""
            self._print(Text.assemble(("returned ", "bold"), (printable(value), "dim" * is_marker(value))))
        else:
            said = f": {outcome.message}" if outcome.message else ""
            self._print(Text.assemble(("raised ", "bold red"), printable(f"{outcome.exception}{said}")))
        if outcome.stdout:
            lines = outcome.stdout.splitlines()
            self._print(Text("printed", "bold"))
            for line in lines[:_OUTPUT_LINES]:
                self._print(Text(f"  {printable(line)}"))
            if len(lines) > _OUTPUT_LINES:
                rest = len(lines) - _OUTPUT_LINES
                self._print(Text(f"  {self._cut} and {rest} more lines (all of them: --json)", "yellow"))
        agreement = self._traced.agreement
        self._print(Text(printable(agreement.sentence), "yellow" if agreement.is_doubtful else "dim"))
        for note in self._notes(trace.cut):
            self._print(Text(note, "yellow"))

    def _notes(self, cut: str | None) -> Iterator[str]:
        if cut is not None:
            yield f"Recording ended early: {cut}. The rows above are the beginning of the run."
        if self._was_cut:
            yield f"{self._cut} marks text cut to the width of the terminal (whole: --json or --html FILE)."

    def _print(self, line: Text) -> None:
        if not self._console.encoding.lower().startswith("utf"):
            line.plain = line.plain.encode("ascii", "replace").decode()
        self._console.print(line, soft_wrap=True, highlight=False, markup=False)


def _loops(iterations: tuple[int, ...]) -> str:
    return ", ".join(map(str, iterations))


def printable(text: str) -> str:
    """Return text with its control characters spelled out: a program must not steer the terminal."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char == "\t" else repr(char)[1:-1] for char in text)
