"""What a suite's card says: every figure as data, to be shown as text, JSON or Markdown."""

from collections.abc import Iterable
from statistics import mean, median

from core_bench.records import Record


class Spread(Record):
    """How figures are spread: `n` of them; the others are 0 where there are none."""

    n: int
    least: float
    median: float
    mean: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread":
        """Return the spread of some figures."""
        found = sorted(values)
        if not found:
            return cls(n=0, least=0, median=0, mean=0, most=0)
        return cls(
            n=len(found),
            least=round(found[0], 4),
            median=round(median(found), 4),
            mean=round(mean(found), 4),
            most=round(found[-1], 4),
        )


class Pairs(Record):
    """How alike the implementations of one problem are, over all pairs within a problem.

    Attributes:
        tokenize: Jaccard similarity of Python's own tokens, which the filter looks at.
        word: the same of words (`\\w+`).
        within_limit: share of the pairs with a `tokenize` similarity of at most 0.7.
        tree: distance of the syntax trees, 0 (the same) to 1: one minus the Jaccard similarity of the
            multisets of (node type, child type).
    """

    tokenize: Spread
    word: Spread
    within_limit: float
    tree: Spread


class ProblemCard(Record):
    """One problem: where it is from, under which licence, and how much there is of it."""

    id: str
    split: str
    origin: str
    licence: str
    topics: tuple[str, ...]
    implementations: int
    inputs: int
    samples: int
    probes: int


class RunFigures(Record):
    """What only running the suite tells.

    Attributes:
        steps: executed steps of each sample's call.
        lines: of each implementation, the share of its statements that its samples execute.
        branches: of each implementation, the share of the outcomes of its conditions that they reach; where
            line events cannot tell an outcome (in some endless loops), the condition is left out.
    """

    steps: Spread
    lines: Spread
    branches: Spread
    all_steps: tuple[int, ...]
    all_lines: tuple[float, ...]


class Card(Record):
    """Everything."""

    suite: str
    version: str
    description: str
    hash: str
    python: str
    split_rule: str
    parameters: dict[str, int | float | str]
    files: dict[str, str]
    counts: dict[str, int]
    splits: dict[str, int]
    families: dict[str, int]
    transforms: dict[str, int]
    implementations_per_problem: Spread
    inputs_per_problem: Spread
    tests_per_problem: Spread
    probes_per_implementation: Spread
    complexity: Spread
    pairs: Pairs
    dimensions: dict[str, int]
    dimension_overlaps: dict[str, int]
    dimensions_per_probe: dict[str, int]
    kinds: dict[str, int]
    phrasings: dict[str, int]
    shared_probes: int
    shared_questions: int
    gold_types: dict[str, int]
    runs: RunFigures | None
    problems: tuple[ProblemCard, ...]


PUBLISHED: dict[str, str] = {
    "problems": "60",
    "implementations": "255",
    "samples": "1978",
    "probes": "243, 47 of them faulty",
    "implementations per problem": "4.25",
    "samples per implementation": "7.8",
    "Jaccard, tokenize": "0.73 (at most 1.00)",
    "Jaccard, words": "0.58",
    "pairs at most 0.7 alike": "45 %",
    "complexity": "at least 2",
    "gold answers wrong": "21",
    "questions with a false premise": "17",
    "golds that are no literal": "22",
}
"""The published CoRE suite. Counts are of its paper (Gao et al. 2026, section 3); the other figures were
measured on the sources of its 243 published probes."""
