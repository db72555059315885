"""Chooses the probes of a problem: first questions that several implementations share, then others."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from core_bench.records import DIMENSIONS
from core_bench.suites.candidates import Candidate
from core_bench.suites.matching import Program, shared_keys

SHARED_SHARE = 0.75
"""How many of an implementation's probes are looked for among the questions that others can be asked, too."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A candidate that became a probe; `key` names the question that several implementations are asked."""

    candidate: Candidate
    key: str | None = None


@dataclass(slots=True)
class _Ledger:
    """What was chosen so far for one problem."""

    chosen: list[list[Choice]]
    dimensions: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    golds: Counter[str] = field(default_factory=Counter)
    inputs: Counter[str] = field(default_factory=Counter)

    def takes(self, place: int, candidate: Candidate) -> bool:
        """Tell whether a program has not yet a probe of that kind at that line, or with that very query."""
        return all(candidate.place != other.candidate.place for other in self.chosen[place])

    def add(self, place: int, choice: Choice) -> None:
        """Take a probe."""
        self.chosen[place].append(choice)
        self.dimensions.update(choice.candidate.dimensions)

    def note(self, candidate: Candidate) -> None:
        """Remember a question, however many programs are asked it."""
        self.kinds[candidate.query.kind] += 1
        self.golds[candidate.gold] += 1
        self.inputs[candidate.input] += 1

    def worth(self, candidate: Candidate) -> float:
        """What a question adds: dimensions that are rare so far, the paper's criteria, and something new.

        The weights were set once, so that no dimension has fewer than two thirds of the probes of another in
        core-bench-v1 and most probes have two dimensions.
        """
        wanted = min(DIMENSIONS, key=lambda dimension: self.dimensions[dimension])
        mean = sum(self.dimensions.values()) / len(DIMENSIONS)
        lacking = sum((mean - self.dimensions[name]) / (mean + 1) for name in candidate.dimensions)
        return (
            3.0 * (wanted in candidate.dimensions)
            + 2.0 * (len(candidate.dimensions) >= 2)
            + 2.0 * lacking
            + 0.8 * len(candidate.criteria)
            - 1.0 * self.kinds[candidate.query.kind]
            - 1.5 * min(self.golds[candidate.gold], 3)
            - 0.5 * self.inputs[candidate.input]
        )


def choose(programs: Sequence[Program], count: int, random: Random) -> list[list[Choice]]:
    """Return up to `count` probes for each implementation of one problem.

    Questions that several implementations can be asked come first and are asked of all that have room for
    them, up to `SHARED_SHARE` of each one's probes; then each implementation gets questions of its own. Each
    time the question of the greatest worth is taken; ties are broken by `random`.
    """
    # Chance falls on one order of candidates, whatever the order in which they were found.
    programs = [replace(program, candidates=sorted(program.candidates, key=_order)) for program in programs]
    ledger = _Ledger([[] for _ in programs])
    keys = shared_keys(programs)
    _choose_shared(programs, keys, -(-count * SHARED_SHARE // 1), ledger, random)
    for place, program in enumerate(programs):
        pool = list(program.candidates)
        random.shuffle(pool)
        while len(ledger.chosen[place]) < count:
            best = _best((row for row in pool if ledger.takes(place, row)), ledger)
            if best is None:
                break
            ledger.add(place, Choice(best))
            ledger.note(best)
    return ledger.chosen


def _choose_shared(
    programs: Sequence[Program],
    keys: Sequence[Sequence[str | None]],
    count: float,
    ledger: _Ledger,
    random: Random,
) -> None:
    groups: dict[str, dict[int, Candidate]] = {}
    for place, (program, own) in enumerate(zip(programs, keys, strict=True)):
        for candidate, key in zip(program.candidates, own, strict=True):
            if key is not None:
                groups.setdefault(key, {}).setdefault(place, candidate)
    names = sorted(groups)
    random.shuffle(names)
    while True:
        best: tuple[float, str, list[int]] | None = None
        for name in names:
            group = groups[name]
            places = [
                place
                for place, candidate in group.items()
                if len(ledger.chosen[place]) < count and ledger.takes(place, candidate)
            ]
            if len(places) < 2:
                continue
            worth = ledger.worth(group[places[0]]) + 0.5 * len(places)
            if best is None or worth > best[0]:
                best = (worth, name, places)
        if best is None:
            return
        _, name, places = best
        for place in places:
            ledger.add(place, Choice(groups[name][place], name))
        ledger.note(groups[name][places[0]])


def _order(candidate: Candidate) -> tuple[str, str]:
    return (candidate.input, repr(candidate.query))


def _best(pool: Iterable[Candidate], ledger: _Ledger) -> Candidate | None:
    return max(pool, key=ledger.worth, default=None)
