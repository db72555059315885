"""Stop strings in growing text: tokens are bytes here, so every stop string spans several."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from core_bench.engines.local.stopping import StopSearch


def _decode(tokens: Sequence[int]) -> str:
    return bytes(tokens).decode(errors="replace")


def _grow(text: str, stop: Sequence[str]) -> tuple[int, str, bool]:
    search = StopSearch(stop, _decode)
    tokens = list(text.encode())
    for length in range(1, len(tokens) + 1):
        if search.reached(tokens[:length]):
            return length, *search.text(tokens[:length])
    return len(tokens), *search.text(tokens)


def test_it_stops_with_the_last_byte_of_the_stop_string() -> None:
    assert _grow("[1, 2]\n[/ANSWER] and on", ("[/ANSWER]",)) == (16, "[1, 2]\n", True)
    assert _grow("é→è", ("→",)) == (5, "é", True)


def test_empty_stop_strings_stop_nothing() -> None:
    assert _grow("abc", ("",)) == (3, "abc", False)
    assert _grow("abc", ()) == (3, "abc", False)


@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=5), max_size=3))
def test_it_finds_what_searching_the_whole_text_finds(text: str, stop: list[str]) -> None:
    found = [text.find(mark) for mark in stop if mark in text]
    _, cut, stopped = _grow(text, stop)
    assert stopped == bool(found)
    if not found:
        assert cut == text
    else:  # it stops at the mark that ends first, which may begin after another one
        assert text.startswith(cut)
        assert len(cut) >= min(found)
        assert any(text[len(cut) :].startswith(mark) for mark in stop)
