"""What others made, in one form: questions with their golds, and replies to them."""

from dataclasses import dataclass, field
from typing import Literal

Direction = Literal["output", "input"]
Echo = Literal["wrong", "dropped", "dropped always"]
"""What the published scorer does with a reply that repeats the call: counts it as wrong, or leaves it out
(where nothing of the sample passed, `dropped` keeps all replies as wrong; `dropped always` does not)."""


@dataclass(frozen=True, slots=True)
class Question:
    """One sample of a benchmark.

    Attributes:
        id: Its name in the benchmark.
        cluster: The problem that it belongs to; samples of one problem are not independent.
        gold: The literal of the output.
        code: The program, empty where the benchmark gives none.
        entry_point: Name of the called function.
        call: The call as the benchmark writes it.
    """

    id: str
    cluster: str
    gold: str
    code: str = ""
    entry_point: str = "f"
    call: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """Replies to questions; `published` holds the percentages that the file itself reports."""

    benchmark: str
    questions: tuple[Question, ...]
    replies: dict[str, tuple[str, ...]]
    direction: Direction = "output"
    echo: Echo = "wrong"
    published: dict[str, float] = field(default_factory=dict)
