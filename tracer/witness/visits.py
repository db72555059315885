"""Iterators that stand in for those of `for` loops, so that each visit of a header is an execution of it."""

from typing import Any, Protocol


class Stepping(Protocol):
    """The report of a call."""

    def step(self, site: int) -> bool:
        """A statement is about to be executed."""


class Visits:
    """The iterator of a `for`, whose header is executed with each item, and with the end."""

    __slots__ = ("_begun", "_call", "_site", "iterator")

    def __init__(self, call: Stepping, site: int, iterator: Any) -> None:
        self.iterator = iterator
        self._call = call
        self._site = site
        self._begun = False

    def __iter__(self) -> "Visits":
        return self

    def __next__(self) -> Any:
        self._visit()
        return next(self.iterator)

    def _visit(self) -> None:
        if self._begun:
            self._call.step(self._site)
        self._begun = True


class AsyncVisits(Visits):
    """The iterator of an `async for`."""

    __slots__ = ()

    def __aiter__(self) -> "AsyncVisits":
        return self

    def __anext__(self) -> Any:
        self._visit()
        return anext(self.iterator)
