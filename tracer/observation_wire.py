"""The binary form of an observation: one row of numbers a frame, and the texts that some stand for."""

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Protocol, TypeVar

from tracer.instrument import instrument
from tracer.observation import Observation, ObservedFrame, Truth
from tracer.sites import Sites
from tracer.wire import MalformedError, Packer, Unpacker

_T = TypeVar("_T")
_TRUTHS: tuple[Truth, ...] = (False, True, None, "opaque")
_LONGEST_LITERAL = 1 << 20
_NUMBERS_AN_EVENT = 24  # an evaluation takes 4 to 10


class Seen(Protocol):
    """A frame, as an observer or an observation holds it."""

    @property
    def function(self) -> str:
        """Its qualified name."""

    @property
    def call(self) -> int:
        """Its ordinal."""

    @property
    def executions(self) -> Mapping[int, int]:
        """As in `ObservedFrame`, as the rest is."""

    @property
    def values(self) -> Mapping[tuple[int, int], Sequence[str]]:
        """As in `ObservedFrame`."""

    @property
    def outcomes(self) -> Mapping[tuple[int, int], Sequence[Sequence[Truth]]]:
        """As in `ObservedFrame`."""

    @property
    def loops(self) -> Mapping[int, Sequence[int]]:
        """As in `ObservedFrame`."""


def encode_observation(python: str, cut: str | None, frames: Sequence[Seen], max_events: int) -> bytes:
    """Return a report as bytes; one that has more than its events can explain says that it is cut."""
    texts = _Numbered()
    numbers = array("i")
    ends = []
    for frame in frames:
        _add(numbers, frame, texts)
        ends.append(len(numbers))
        if len(numbers) > _most_numbers(max_events):
            return encode_observation(python, "too many events", (), max_events)
    packer = Packer()
    packer.text(python)
    packer.text(cut)
    packer.texts(texts)
    packer.numbers([0, *ends])
    packer.numbers(numbers)
    return packer.body()


def decode_observation(body: memoryview, code: str, max_events: int) -> Observation:
    """Read back what an observer of `code` reported.

    Raises:
        MalformedError: no observer reported this.
    """
    unpacker = Unpacker(body)
    python, cut = unpacker.required(), unpacker.text()
    texts = unpacker.texts(_LONGEST_LITERAL)
    ends = unpacker.numbers(0)
    numbers = unpacker.numbers(0)
    unpacker.end()
    most = _most_numbers(max_events) + 2 * len(code)  # the last frame may have come to all of its statements
    if not ends or ends[0] != 0 or ends[-1] != len(numbers) or len(numbers) > most:
        raise MalformedError("the frames do not add up")
    sites = instrument(code)
    frames = []
    for start, end in pairwise(ends):
        if not start <= end <= len(numbers):
            raise MalformedError("frames do not follow each other")
        frames.append(_frame(_Row(numbers[start:end]), texts, sites))
    return Observation(code, python, tuple(frames), cut)


def _most_numbers(max_events: int) -> int:
    return _NUMBERS_AN_EVENT * max_events + 10_000


class _Numbered(dict[str, int]):
    """Text -> its number, given out in order."""

    def __missing__(self, text: str) -> int:
        number = self[text] = len(self)
        return number


def _add(numbers: "array[int]", frame: Seen, texts: _Numbered) -> None:
    numbers.extend((texts[frame.function], frame.call, len(frame.executions)))
    for statement, count in frame.executions.items():
        numbers.extend((statement, count))
    numbers.append(len(frame.values))
    for key, literals in frame.values.items():
        numbers.extend((*key, len(literals), *[texts[text] for text in literals]))
    numbers.append(len(frame.outcomes))
    for key, evaluations in frame.outcomes.items():
        numbers.extend((*key, len(evaluations)))
        for truths in evaluations:
            numbers.extend((len(truths), *map(_number_of, truths)))
    numbers.append(len(frame.loops))
    for statement, counts in frame.loops.items():
        numbers.extend((statement, len(counts), *counts))


def _number_of(truth: Truth) -> int:
    return _TRUTHS.index(truth)


class _Row:
    """Reads the numbers of one frame; raises `MalformedError` where it ends too early."""

    def __init__(self, numbers: Sequence[int]) -> None:
        self._numbers = numbers
        self._at = 0

    def next(self) -> int:
        [number] = self.many(1)
        return number

    def many(self, count: int) -> Sequence[int]:
        part = self._numbers[self._at : self._at + count]
        if len(part) != count:
            raise MalformedError("a frame is cut")
        self._at += count
        return part

    def listed(self) -> Sequence[int]:
        return self.many(self.next())

    def times(self) -> Iterator[None]:
        for _ in range(self.next()):
            yield

    def end(self) -> None:
        if self._at != len(self._numbers):
            raise MalformedError("a frame goes on")


def _frame(row: _Row, texts: Sequence[str], sites: Sites) -> ObservedFrame:
    named = _looked_up(texts)
    truth = _looked_up(_TRUTHS)
    statement = _looked_up(range(len(sites.statements)))
    expression = _looked_up(range(len(sites.expressions)))
    # Each part is read in the order in which it is written: Python evaluates a key before its value.
    frame = ObservedFrame(
        function=named(row.next()),
        call=row.next(),
        executions={statement(row.next()): row.next() for _ in row.times()},
        values={(expression(row.next()), row.next()): tuple(map(named, row.listed())) for _ in row.times()},
        outcomes={
            (expression(row.next()), row.next()): tuple(tuple(map(truth, row.listed())) for _ in row.times())
            for _ in row.times()
        },
        loops={statement(row.next()): tuple(row.listed()) for _ in row.times()},
    )
    row.end()
    return frame


def _looked_up(table: Sequence[_T]) -> Callable[[int], _T]:
    def find(number: int) -> _T:
        if number >= len(table):
            raise MalformedError(f"there is no number {number}")
        return table[number]

    return find
