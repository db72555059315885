"""Python source as lines of coloured pieces."""

import io
import keyword
import tokenize
from collections.abc import Iterator

from tracer import source_lines

Piece = tuple[str, str]
"""A class (`k` keyword, `s` string, `c` comment, `n` number, `d` defined name, or none) and its text."""

_CLASSES = {tokenize.STRING: "s", tokenize.COMMENT: "c", tokenize.NUMBER: "n"}
_CLASSES |= {
    number: "s" for number, name in tokenize.tok_name.items() if name.startswith("FSTRING")
}  # from Python 3.12 on


def coloured_lines(source: str) -> list[list[Piece]]:
    """Return each line as pieces that together are its text."""
    lines = source_lines(source)
    marks: list[list[tuple[int, int, str]]] = [[] for _ in lines]
    try:
        for name, (row, begin), (last, end) in _marks("\n".join(lines) + "\n"):
            for line in range(row, last + 1):  # a string can go over several lines
                first = begin if line == row else 0
                marks[line - 1].append((first, end if line == last else len(lines[line - 1]), name))
    except (tokenize.TokenError, SyntaxError, IndexError):
        return [[("", line)] for line in lines]  # colours are no reason to fail
    return [list(_pieces(line, found)) for line, found in zip(lines, marks, strict=True)]


def _marks(source: str) -> Iterator[tuple[str, tuple[int, int], tuple[int, int]]]:
    defines = False
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        name = _CLASSES.get(token.type)
        if token.type == tokenize.NAME:
            name = "k" if keyword.iskeyword(token.string) else "d" if defines else None
            defines = token.string in ("def", "class")
        if name:
            yield name, token.start, token.end


def _pieces(line: str, marks: list[tuple[int, int, str]]) -> Iterator[Piece]:
    done = 0
    for begin, end, name in marks:
        if begin > done:
            yield "", line[done:begin]
        if end > begin:
            yield name, line[begin:end]
        done = end
    if done < len(line):
        yield "", line[done:]
