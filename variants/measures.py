"""How far apart two programs are, by their text."""

import io
import tokenize

_COUNTED = frozenset({tokenize.NAME, tokenize.OP, tokenize.NUMBER, tokenize.STRING})


def tokens(code: str) -> frozenset[str]:
    """The set of a program's names, operators, numbers and strings."""
    found = tokenize.generate_tokens(io.StringIO(code).readline)
    return frozenset(token.string for token in found if token.type in _COUNTED)
