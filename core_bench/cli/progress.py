"""A progress bar on a terminal, plain lines elsewhere; both on standard error."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_EVERY_S = 10.0


@contextmanager
def progress(label: str, unit: str) -> Iterator[Callable[[int, int], None]]:
    """Show how far the body is; it calls what it gets with (done, total).

    Speed counts only what is done while watching: what an earlier run did is no speed of this one.
    """
    if sys.stderr.isatty():
        with _bar(label, unit) as update:
            yield update
    else:
        yield _lines(label, unit)


@contextmanager
def _bar(label: str, unit: str) -> Iterator[Callable[[int, int], None]]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(label, total=None, speed="")
        speed = _Speed(unit)

        def update(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, speed=speed.text(done))

        yield update


def _lines(label: str, unit: str) -> Callable[[int, int], None]:
    speed = _Speed(unit)
    last = time.monotonic() - _EVERY_S

    def update(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        text = speed.text(done)
        if now - last >= _EVERY_S or done == total:
            last = now
            print(f"{label}: {done}/{total} {text} {speed.left(done, total)}".rstrip(), file=sys.stderr)

    return update


class _Speed:
    def __init__(self, unit: str) -> None:
        self._unit = unit
        self._start: tuple[float, int] | None = None

    def text(self, done: int) -> str:
        if self._start is None:
            self._start = (time.monotonic(), done)
        rate = self._rate(done)
        return f"{rate:.1f} {self._unit}/s" if rate else ""

    def left(self, done: int, total: int) -> str:
        rate = self._rate(done)
        return f"{(total - done) / rate:.0f} s left" if rate and done < total else ""

    def _rate(self, done: int) -> float:
        if self._start is None:
            return 0.0
        begun, before = self._start
        elapsed = time.monotonic() - begun
        return (done - before) / elapsed if elapsed > 0 else 0.0
