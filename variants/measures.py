"""How complex a program is, and how far apart two programs are.

The filter of the CoRE paper (section 3) is a cyclomatic complexity of at least 3.0 and a 1-gram Jaccard
similarity of at most 0.7 between any two implementations of a problem. What is called a token decides the
second one, so the tokenizer is always named; sets of tokens do not see structure, so the node types of the
syntax tree are compared beside them.
"""

import ast
import re
import sys
import token
import tokenize
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from tokenize import TokenInfo
from typing import Literal

from tracer import source_lines

Tokenizer = Literal["tokenize", "word"]

_COUNTED = frozenset({tokenize.NAME, tokenize.OP, tokenize.NUMBER, tokenize.STRING})

_DIGITS = "[0-9](?:_?[0-9])*"
_STRING = r"""[rRbBuUfF]{0,2}(?:
    \"{3}[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*\"{3} | '{3}[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'{3}
    | "[^\n"\\]*(?:\\.[^\n"\\]*)*" | '[^\n'\\]*(?:\\.[^\n'\\]*)*'
)"""
_NUMBER = rf"""
    0[xX](?:_?[0-9a-fA-F])+ | 0[bB](?:_?[01])+ | 0[oO](?:_?[0-7])+
    | (?:{_DIGITS}\.?(?:{_DIGITS})? | \.{_DIGITS})(?:[eE][-+]?{_DIGITS})?[jJ]?
"""
_OPERATOR = "|".join(map(re.escape, sorted(token.EXACT_TOKEN_TYPES, key=lambda text: (-len(text), text))))
#: Finds what `tokenize` finds in a program that parses (a test compares them), in a tenth of the time.
_TOKEN = re.compile(rf"\#[^\n]* | {_STRING} | {_NUMBER} | \w+ | {_OPERATOR}", re.VERBOSE | re.DOTALL)
#: Since Python 3.12 an f-string may hold its own quotes, which takes a real tokenizer.
_HAS_NESTED = re.compile(r"[fF][rR]?['\"]") if sys.version_info >= (3, 12) else None


def tokens(code: str, tokenizer: Tokenizer = "tokenize") -> frozenset[str]:
    """The set of a program's tokens.

    `tokenize`: names, keywords, operators, numbers and strings as Python's own tokenizer cuts them, without
    comments. `word`: whatever ``\\w+`` matches, comments and strings included.
    """
    return TOKENIZERS[tokenizer](code)


def _python_tokens(code: str) -> frozenset[str]:
    if _HAS_NESTED is not None and _HAS_NESTED.search(code):
        found = tokenize.generate_tokens(iter(source_lines(code, keepends=True)).__next__)
        return frozenset(one.string for one in _whole_strings(found, code) if one.type in _COUNTED)
    return frozenset(text for text in _TOKEN.findall(code) if text[0] != "#")


def _whole_strings(found: Iterable[TokenInfo], code: str) -> Iterator[TokenInfo]:
    """An f-string as the one token that it is up to Python 3.11; since then it comes in parts."""
    begins: list[TokenInfo] = []
    for one in found:
        name = tokenize.tok_name[one.type]
        if name == "FSTRING_START":
            begins.append(one)
        elif name == "FSTRING_END":
            begin = begins.pop()
            if not begins:
                yield TokenInfo(
                    tokenize.STRING, _between(code, begin.start, one.end), begin.start, one.end, ""
                )
        elif not begins:
            yield one


def _between(code: str, start: tuple[int, int], end: tuple[int, int]) -> str:
    lines = source_lines(code, keepends=True)[start[0] - 1 : end[0]]
    lines[-1] = lines[-1][: end[1]]
    lines[0] = lines[0][start[1] :]
    return "".join(lines)


def _words(code: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", code))


TOKENIZERS: dict[Tokenizer, Callable[[str], frozenset[str]]] = {"tokenize": _python_tokens, "word": _words}


def node_types(code: str) -> frozenset[str]:
    """The set of the types of a program's syntax nodes; operators and contexts are types, too."""
    return frozenset(type(node).__name__ for node in ast.walk(ast.parse(code)))


def jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    """The share of what two sets have in common, from 0 to 1; 1 for two empty sets."""
    union = len(left | right)
    return len(left & right) / union if union else 1.0


def complexity(code: str) -> int:
    """The cyclomatic complexity of the most complex function or class, by radon; 1 without any.

    The paper's figures count classes as blocks of their own.
    """
    from radon.visitors import ComplexityVisitor

    visitor = ComplexityVisitor.from_code(code)
    return max((block.complexity for block in [*visitor.functions, *visitor.classes]), default=1)


@dataclass(frozen=True, slots=True)
class Similarity:
    """What two programs have in common, from 0 (nothing) to 1 (all).

    Attributes:
        tokenize: Jaccard similarity of Python's own tokens.
        word: Jaccard similarity of words.
        nodes: Jaccard similarity of the types of syntax nodes.
    """

    tokenize: float
    word: float
    nodes: float


def similarity(left: str, right: str) -> Similarity:
    """Compare two programs by every measure."""
    return Similarity(
        tokenize=jaccard(_python_tokens(left), _python_tokens(right)),
        word=jaccard(_words(left), _words(right)),
        nodes=jaccard(node_types(left), node_types(right)),
    )
