"""A progress bar on a terminal, plain lines elsewhere; both on standard error."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

_EVERY_S = 10.0
_TOO_SHORT_S = 0.5


@contextmanager
def progress(
    label: str, unit: str, more: Callable[[], str] = lambda: ""
) -> Iterator[Callable[[int, int], None]]:
    """Show how far the body is; it calls what it gets with (done, total). `more` tells what else to show.

    Speed counts only what is done while watching: what an earlier run did is no speed of this one.
    """
    if sys.stderr.isatty():
        with _bar(label, unit, more) as update:
            yield update
    else:
        yield lines(label, unit, more)


@contextmanager
def _bar(label: str, unit: str, more: Callable[[], str]) -> Iterator[Callable[[int, int], None]]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[speed]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(label, total=None, speed="")
        speed = _Speed(unit)

        def update(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, speed=_joined(speed.text(done, total), more()))

        yield update


def lines(label: str, unit: str, more: Callable[[], str] = lambda: "") -> Callable[[int, int], None]:
    """Print how far something is, a line every ten seconds; on a terminal also above a bar that is shown."""
    speed = _Speed(unit)
    last = time.monotonic() - _EVERY_S

    def update(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        text = _joined(speed.text(done, total), more())
        if now - last >= _EVERY_S or done == total:
            last = now
            print(f"{label}: {done}/{total} {text}".rstrip(), file=sys.stderr)

    return update


class _Speed:
    """How fast it goes and how long it will take; silent until there is something to go by."""

    def __init__(self, unit: str) -> None:
        self._unit = unit
        self._start: tuple[float, int] | None = None

    def text(self, done: int, total: int) -> str:
        now = time.monotonic()
        if self._start is None:
            self._start = (now, done)
        begun, before = self._start
        elapsed = now - begun
        if done == before or elapsed < _TOO_SHORT_S:
            return ""
        rate = (done - before) / elapsed
        left = f", {_duration((total - done) / rate)} left" if done < total else f" in {_duration(elapsed)}"
        return f"{rate:.1f} {self._unit}/s{left}"


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
