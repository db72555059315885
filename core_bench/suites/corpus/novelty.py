"""Keeps a corpus apart from suites: neither the code of a suite's problem, nor something that nearly is it.

Two measures, since the first sees no structure and the second no names: the Jaccard similarity of token sets
(the filter of the CoRE paper, section 3), and that of runs of five tokens in which every name and literal is
replaced by its sort, so that renaming hides nothing.
"""

import io
import keyword
import tokenize
from collections.abc import Iterable

import variants

MAX_TOKENS = 0.7
MAX_STRUCTURE = 0.5
_RUN = 5
_IGNORED = frozenset({tokenize.COMMENT, tokenize.NL, tokenize.ENCODING, tokenize.ENDMARKER})


class Known:
    """Programs that a corpus must not come near to."""

    def __init__(self, programs: Iterable[str]) -> None:
        unique = dict.fromkeys(programs)
        self._known = [(variants.tokens(code), structure(code)) for code in unique]

    def __len__(self) -> int:
        return len(self._known)

    def is_near(self, code: str) -> bool:
        """Tell whether a program is like one of them by either measure."""
        words, runs = variants.tokens(code), structure(code)
        return any(
            variants.jaccard(words, other) > MAX_TOKENS or variants.jaccard(runs, others) > MAX_STRUCTURE
            for other, others in self._known
        )


def structure(code: str) -> frozenset[str]:
    """Return the runs of five tokens of a program, names and literals replaced by what sort they are of."""
    shapes = []
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type in _IGNORED:
            continue
        match token.type:
            case tokenize.NAME if not keyword.iskeyword(token.string):
                shapes.append("name")
            case tokenize.NUMBER:
                shapes.append("number")
            case tokenize.STRING:
                shapes.append("string")
            case tokenize.NEWLINE | tokenize.INDENT | tokenize.DEDENT:
                shapes.append(tokenize.tok_name[token.type])
            case _:
                shapes.append(token.string)
    last = max(1, len(shapes) - _RUN + 1)
    return frozenset(" ".join(shapes[start : start + _RUN]) for start in range(last))
