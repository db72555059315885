"""The tables of `compress_search_slice`: distances to the true front, and what can be said of them."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.compress_slice_table import BITS, SEARCHED
from compress.search.front import front_of, inverted_distance
from compress.search.space import Code
from compress.search.strategies import STRATEGIES
from core_bench.statistics import Difference, clustered, compare, holm

if TYPE_CHECKING:
    from benchmarks.compress_search_slice import Truth

AT = (8, 16, 32, 64)
NAMES = tuple(name for name in STRATEGIES if name != "exhaustive")


def distance(truth: "Truth", codes: Sequence[Code]) -> float:
    """Return the inverted generational distance of a search's plans."""
    points = [(truth.loss[code], float(truth.space.total_bytes(code))) for code in codes]
    return inverted_distance([points[index] for index in front_of(points)], truth.front)


def regret(truth: "Truth", codes: Sequence[Code]) -> float:
    """Return by how many nats per token the best plan of a search is above the true best one."""
    return min(truth.loss[code] for code in codes) - truth.front[-1][0]


def held_out_regret(truth: "Truth", codes: Sequence[Code]) -> float:
    """Return the same on held-out text, for the plan that the search would pick."""
    picked = min(codes, key=lambda code: truth.loss[code])
    return truth.held_out[picked] - min(truth.held_out[code] for code in truth.fitting)


def against_random(
    found: dict[str, list[list[Code]]], measure: Callable[[Sequence[Code]], float]
) -> dict[str, Difference]:
    """Return strategy -> its measure minus random's at the same seeds, with a corrected paired test."""
    chance = [measure(codes) for codes in found["random"]]
    differences: dict[Any, Difference] = {}
    for name in NAMES:
        if name != "random":
            own = [measure(codes) for codes in found[name]]
            seeds = [str(seed) for seed in range(len(own))]
            differences[name] = compare(
                clustered(zip(seeds, chance, strict=True), bounds=None),
                clustered(zip(seeds, own, strict=True), bounds=None),
            )
    return dict(holm(differences))


def report(truth: "Truth", found: dict[str, list[list[Code]]], evaluations: int) -> str:
    """Return the tables as Markdown."""
    seeds = len(found["random"])
    fitting, front = truth.fitting, truth.front
    distances = against_random(found, lambda codes: distance(truth, codes))
    regrets = against_random(found, lambda codes: regret(truth, codes))
    lines = [
        f"{len(fitting):,} of {len(truth.loss):,} plans fit the budget (4 bits everywhere); the true front "
        f"has {len(front)}. Best {front[-1][0]:.4f} nats per token on the search's text, uniform 4 bits "
        f"{truth.loss[(BITS.index(4),) * SEARCHED]:.4f}, 16 bits {truth.about['whole'][0]:.4f}. {seeds} "
        "seeds. Differences are strategy minus random at the same seeds [95 %], p corrected over strategies.",
        "",
        f"| strategy | IGD at {', '.join(map(str, AT))} evaluations | IGD - random at {AT[-1]} | p "
        "| best plan, nats above the true best | minus random | p | picked plan on held-out text |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name in NAMES:
        runs = found[name]
        steps = " / ".join(f"{np.mean([distance(truth, codes[:at]) for codes in runs]):.3f}" for at in AT)
        above = np.mean([regret(truth, codes) for codes in runs])
        unseen = np.mean([held_out_regret(truth, codes) for codes in runs])
        cells = ["", "", f"{above:.4f}", "", ""]
        if name != "random":
            cells = [
                _told(distances[name]), _p(distances[name]), f"{above:.4f}", _told(regrets[name]),
                _p(regrets[name]),
            ]  # fmt: skip
        lines.append(f"| {name} | {steps} | {' | '.join(cells)} | {unseen:+.4f} |")
    lines += ["", _verdict("IGD", distances), _verdict("the best plan", regrets)]
    costs = _with_sensitivities(truth, found, evaluations)
    for said in (_which(truth, found), costs, _on_other_text(truth, found)):
        lines += ["", said]
    return "\n".join(lines)


def _which(truth: "Truth", found: dict[str, list[list[Code]]]) -> str:
    """Say which strategy to use for how many evaluations, if that can be said."""
    said = []
    for at in AT:
        cut = {name: [codes[:at] for codes in runs] for name, runs in found.items()}
        tested = against_random(cut, lambda codes: distance(truth, codes))
        mean = {name: np.mean([distance(truth, codes) for codes in runs]) for name, runs in cut.items()}
        first = min(mean, key=lambda name: float(mean[name]))
        p = tested[first].adjusted if first in tested else None
        sure = p is not None and p < 0.05
        told = "" if p is None else f", p = {p:.3f}"
        said.append(f"{first} for {at} ({'better than' if sure else 'not told apart from'} random{told})")
    return f"For a front, by evaluations: {'; '.join(said)}."


def _with_sensitivities(truth: "Truth", found: dict[str, list[list[Code]]], evaluations: int) -> str:
    """Compare again with the passes counted that sensitivities cost, for who asks for them."""
    extra = SEARCHED * len(BITS) + 1
    cut = {
        name: runs if name in ("uniform", "random") else [codes[: evaluations - extra] for codes in runs]
        for name, runs in found.items()
    }
    told = ", ".join(
        f"{name} {np.mean([distance(truth, codes) for codes in runs]):.3f}" for name, runs in cut.items()
    )
    return (
        f"Sensitivities cost {extra} passes over the same text, which the table does not count. Were they "
        f"counted, random at {evaluations} evaluations would meet the others at {evaluations - extra}, with "
        f"these IGD: {told}. "
        + _verdict("IGD then", against_random(cut, lambda codes: distance(truth, codes)))
    )


def _on_other_text(truth: "Truth", found: dict[str, list[list[Code]]]) -> str:
    """Say what the picked plans are worth on text that no search saw."""
    from scipy.stats import spearmanr

    fitting = sorted(truth.fitting, key=lambda code: truth.loss[code])
    both = [
        float(spearmanr([truth.loss[c] for c in part], [truth.held_out[c] for c in part]).statistic)
        for part in (fitting, fitting[: len(fitting) // 10])
    ]
    uniform = truth.held_out[(BITS.index(4),) * SEARCHED]
    above = [
        truth.held_out[min(codes, key=lambda code: truth.loss[code])] - uniform
        for name, runs in found.items()
        if name not in ("uniform", "random")
        for codes in runs
    ]
    worse = sum(gap > 0 for gap in above)
    told = (
        "A search on so few tokens fits its text: what it gains there is not there on other text."
        if worse > len(above) / 2
        else "What is gained carries over."
    )
    return (
        f"Losses on the search's text and on other text rank the plans alike ({both[0]:.3f} over all that "
        f"fit), but less so among the best tenth ({both[1]:.3f}). On the other text {worse} of the "
        f"{len(above)} searches that used sensitivities picked a plan worse than uniform 4 bits (mean "
        f"difference {np.mean(above):+.4f} nats per token). {told}"
    )


def _told(found: Difference) -> str:
    e = found.difference
    assert e.value is not None
    if e.low is None or e.high is None:
        return f"{e.value:+.3f}"
    return f"{e.value:+.3f} [{e.low:+.3f}, {e.high:+.3f}]"


def _p(found: Difference) -> str:
    return "-" if found.adjusted is None else f"{found.adjusted:.3f}"


def _verdict(what: str, found: dict[str, Difference]) -> str:
    better, worse, neither = [], [], []
    for name, one in found.items():
        sure = one.adjusted is not None and one.adjusted < 0.05
        gap = one.difference.value or 0.0
        (neither if not sure else better if gap < 0 else worse).append(name)
    return (
        f"By {what}: better than random {', '.join(better) or 'none'}; worse {', '.join(worse) or 'none'}; "
        f"not told apart {', '.join(neither) or 'none'}."
    )
