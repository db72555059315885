"""The metrics of CoRE (section 4 of the paper), each with its denominator.

For a problem P with implementations S_P, tests T_P and probes Q_P: I(P) = 1 iff the output is right for
every implementation and test; I_s(P) = share of implementations that are right on every test; W_s(P) =
share of probes right; W(P) = 1 iff all are. RCS(P) = I(P) * W_s(P); Cons = 1 - mean((I(P) - W_s(P))^2).
Whatever is not `correct` counts as not right; nothing is left out.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from statistics import fmean
from typing import TypeVar

from core_bench.items import Item
from core_bench.records import DIMENSIONS, Record, Verdict, VerdictKind
from core_bench.suites import Suite

Group = TypeVar("Group", bound=Hashable)


class Rate(Record):
    """A mean over `n` units (problems, implementations, items, as its place says); None over none."""

    value: float | None
    n: int


class Summary(Record):
    """All numbers of one run.

    I, I_s, W, W_s, RCS and Cons are means over problems (RCS and Cons over those with samples and
    probes). `samples` and `probes` are plain shares of items. `by_dimension` is the share of a
    dimension's probes, `by_family` the share of a family's implementations that are right on every test.
    """

    I: Rate  # noqa: E741 - the paper's name
    I_s: Rate
    W: Rate
    W_s: Rate
    RCS: Rate
    Cons: Rate
    samples: Rate
    probes: Rate
    by_dimension: dict[str, Rate]
    by_family: dict[str, Rate]
    verdicts: dict[str, int]


def summarise(suite: Suite, items: Sequence[Item], verdicts: Iterable[Verdict]) -> Summary:
    """Compute all metrics over `items`; each must have exactly one verdict."""
    kinds = {verdict.item: verdict.verdict for verdict in verdicts}
    right = {item.id: kinds[item.id] is VerdictKind.CORRECT for item in items}
    samples = [item for item in items if item.kind == "sample"]
    probes = [item for item in items if item.kind == "probe"]

    programs = _grouped(samples, lambda item: (item.problem, item.implementation), right)
    program_right = {key: all(results) for key, results in programs.items()}
    by_problem: dict[str, list[bool]] = defaultdict(list)
    for (problem, _), is_right in program_right.items():
        by_problem[problem].append(is_right)
    strict = {problem: float(all(results)) for problem, results in by_problem.items()}
    soft = {problem: fmean(results) for problem, results in by_problem.items()}

    probed = _grouped(probes, lambda item: item.problem, right)
    whole = {problem: float(all(results)) for problem, results in probed.items()}
    share = {problem: fmean(results) for problem, results in probed.items()}
    both = [problem for problem in strict if problem in share]

    families = {program.id: program.family for program in suite.implementations}
    by_family: dict[str, list[bool]] = defaultdict(list)
    for (_, program), is_right in program_right.items():
        by_family[families[program]].append(is_right)

    distance = _rate([(strict[problem] - share[problem]) ** 2 for problem in both])
    return Summary(
        I=_rate(strict.values()),
        I_s=_rate(soft.values()),
        W=_rate(whole.values()),
        W_s=_rate(share.values()),
        RCS=_rate([strict[problem] * share[problem] for problem in both]),
        Cons=Rate(value=None if distance.value is None else 1 - distance.value, n=distance.n),
        samples=_rate([right[item.id] for item in samples]),
        probes=_rate([right[item.id] for item in probes]),
        by_dimension=_by_dimension(suite, right),
        by_family={family: _rate(results) for family, results in sorted(by_family.items())},
        verdicts=_counts(kinds),
    )


def _grouped(
    items: Iterable[Item], key: Callable[[Item], Group], right: Mapping[str, bool]
) -> dict[Group, list[bool]]:
    groups: dict[Group, list[bool]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(right[item.id])
    return groups


def _by_dimension(suite: Suite, right: Mapping[str, bool]) -> dict[str, Rate]:
    asked = [probe for probe in suite.probes if probe.id in right]
    return {
        dimension: _rate([right[probe.id] for probe in asked if dimension in probe.dimensions])
        for dimension in DIMENSIONS
    }


def _counts(kinds: Mapping[str, VerdictKind]) -> dict[str, int]:
    counts = Counter(kinds.values())
    return {kind.value: counts[kind] for kind in VerdictKind}


def _rate(values: Iterable[float]) -> Rate:
    known = list(values)
    return Rate(value=fmean(known) if known else None, n=len(known))
