"""When does a reply end? Looking for stop strings while tokens come in."""

from collections.abc import Callable, Sequence

from core_bench.engines.base import cut_at_stop

# Some tokenizers drop a leading blank when they decode from the middle of a text, and skipped special
# tokens add no characters: a few more tokens keep both away from the end, where the search looks.
_SLACK = 8


class StopSearch:
    """Finds out whether growing text has reached one of its stop strings.

    A stop string may begin in one token and end in a later one, so decoded text is searched, never token
    numbers. Only the tail is decoded at each step: a token adds at least one byte, so a stop string that
    was completed by the newest token begins within as many tokens as it has bytes.
    """

    def __init__(self, stop: Sequence[str], decode: Callable[[Sequence[int]], str]) -> None:
        self._stop = tuple(mark for mark in stop if mark)
        self._decode = decode
        self._window = _SLACK + max((len(mark.encode()) for mark in self._stop), default=0)

    def reached(self, tokens: Sequence[int]) -> bool:
        """Tell whether the text of `tokens` has a stop string that the newest token completed."""
        if not self._stop or not self._holds_one(self._decode(tokens[-self._window :])):
            return False
        # The tail was decoded out of its context; the whole text decides.
        return len(tokens) <= self._window or self._holds_one(self._decode(tokens))

    def text(self, tokens: Sequence[int]) -> tuple[str, bool]:
        """Return the text of `tokens` up to the first stop string, and whether there was one."""
        whole = self._decode(tokens)
        cut = cut_at_stop(whole, self._stop)
        return cut, len(cut) < len(whole)

    def _holds_one(self, text: str) -> bool:
        return any(mark in text for mark in self._stop)
