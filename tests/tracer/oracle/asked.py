"""A question about one call of `f`, with its right answer."""

from dataclasses import dataclass
from textwrap import dedent
from typing import Any


@dataclass(frozen=True)
class Asked:
    """A question about a program, and what Python's semantics say: a literal, or None if there is no answer."""

    row: str
    code: str
    arguments: str
    query: Any
    right: str | None


def asked(row: str, code: str, arguments: str, *answers: tuple[Any, str | None]) -> list[Asked]:
    """Return questions about one call of `f` of one program."""
    text = dedent(code).lstrip("\n")
    return [Asked(f"{row}.{place}", text, arguments, *one) for place, one in enumerate(answers, start=1)]
