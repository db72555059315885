"""What an audit finds: for each rule how often it was checked, and every place where it does not hold."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from core_bench.records import Record

Rule = Literal[
    "ids",
    "references",
    "counts",
    "split",
    "distinct",
    "runs",
    "deterministic",
    "equivalent",
    "sample gold",
    "probe gold",
    "observers",
    "executed",
    "unique",
    "premise",
    "literal",
    "question",
    "type",
    "dimensions",
    "shared",
    "provenance",
]

RULES: Mapping[Rule, str] = MappingProxyType(
    {
        "ids": "no two things have one id",
        "references": "everything that is referred to is there",
        "counts": "the header counts what the files hold",
        "split": "problems are divided by the recorded rule, and lite is a part of test",
        "distinct": "no implementation, sample or probe is there twice",
        "runs": "every implementation comes to an end on every input of its problem",
        "deterministic": "no source of chance is reached; two hash seeds give the same outcomes and states",
        "equivalent": "every implementation does what the reference of its problem does",
        "sample gold": "the call returns the gold of the sample",
        "probe gold": "the query has the gold of the probe for its answer",
        "observers": "two observers give the gold; a recorded call ends as a plain one does",
        "executed": "the line that is asked about is executed as often as the question supposes",
        "unique": "one value, and no more than one, answers the question",
        "premise": "what else the question supposes is true",
        "literal": "the gold is a canonical Python literal",
        "question": "the question is the rendering of its query",
        "type": "the question states the type of the gold",
        "dimensions": "the dimensions are those that the rules give",
        "shared": "what is asked of several implementations has one input, one gold and one phrasing",
        "provenance": "the recorded chain of transforms makes the variant from its parent",
    }
)


class Fault(Record):
    """A place where a rule does not hold: `subject` is the id of what is at fault."""

    rule: Rule
    subject: str
    detail: str


class Findings(Record):
    """What was checked, and what is at fault; golds that are retracted were not looked at."""

    suite: str
    hash: str
    python: str
    hash_seeds: tuple[int, ...]
    checked: dict[str, int]
    faults: tuple[Fault, ...]
    retracted: int = 0


class Ledger:
    """Counts checks and keeps faults."""

    def __init__(self) -> None:
        self.checked: Counter[str] = Counter()
        self.faults: list[Fault] = []

    def check(self, rule: Rule, subject: str, holds: bool, detail: str = "") -> bool:
        """Note a check and, where the rule does not hold, the fault; return whether it holds."""
        self.checked[rule] += 1
        if not holds:
            self.faults.append(Fault(rule=rule, subject=subject, detail=detail))
        return holds

    def add(self, other: "Ledger") -> None:
        """Take over what another ledger has."""
        self.checked += other.checked
        self.faults += other.faults

    def counts(self) -> Iterator[tuple[Rule, int, int]]:
        """Yield each rule with how often it was checked and how often it did not hold."""
        wrong = Counter(fault.rule for fault in self.faults)
        for rule in RULES:
            yield rule, self.checked[rule], wrong[rule]


def repeated(names: Iterable[str]) -> list[str]:
    """Return the names that come more than once."""
    return [name for name, count in Counter(names).items() if count > 1]
