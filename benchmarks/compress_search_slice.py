"""Every strategy on a six-block slice of SmolLM2 whose true front is known, ten seeds each.

    heavy python -m benchmarks.compress_slice_table       (once: measures all 4,096 plans)
    heavy python -m benchmarks.compress_search_slice --write docs/compress-search.md

The budget is what the slice takes at 4 bits everywhere. Searches read losses from the table, so that ten
seeds of the strategies cost minutes. Told are the inverted generational distance to the true front, and the
loss of the best plan above the true best one, by evaluations; the difference to random at the same seeds with
its interval and a paired test, corrected for the number of strategies (Holm); and how well small models
predict plans that they have not seen, against the sum of sensitivities.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.compress_slice_table import BITS, PLACE, SEARCHED, read_rows, slice_space
from benchmarks.marked import put
from compress.model_map import read_map
from compress.plan import Plan
from compress.search.evaluations import EvaluationFile
from compress.search.front import front_of, inverted_distance
from compress.search.search import Search, run_strategy
from compress.search.sensitivity import Information, Sensitivity
from compress.search.space import Code, Space
from compress.search.strategies import STRATEGIES, strategy_named
from core_bench.models import resolve
from core_bench.statistics import Difference, clustered, compare, holm

AT = (8, 16, 32, 64)
NAMES = tuple(name for name in STRATEGIES if name != "exhaustive")


@dataclass(frozen=True)
class Truth:
    """The table: losses of all plans by code, on the search's text and on held-out text."""

    space: Space
    budget: int
    loss: dict[Code, float]
    held_out: dict[Code, float]
    sensitivity: Sensitivity
    information: Information | None
    about: dict[str, Any]

    def objective(self, plan: Plan, fidelity: int) -> float:
        """Look a plan up."""
        return self.loss[self.space.code(plan)]

    @cached_property
    def fitting(self) -> list[Code]:
        """All plans within the budget."""
        return [code for code in self.loss if self.space.total_bytes(code) <= self.budget]

    @cached_property
    def front(self) -> list[tuple[float, float]]:
        """The true front, smallest plan first."""
        points = [(self.loss[code], float(self.space.total_bytes(code))) for code in self.fitting]
        return [points[index] for index in front_of(points)]


def read_truth(place: Path) -> Truth:
    """Read the table; it has to be whole."""
    rows = read_rows(place / "rows.jsonl")
    if len(rows) < len(BITS) ** SEARCHED:
        raise SystemExit(
            f"{len(rows)} of {len(BITS) ** SEARCHED} plans are measured; see compress_slice_table"
        )
    about = json.loads((place / "sensitivity.json").read_text())
    space = slice_space(read_map(resolve("smollm2-135m")))
    budget = space.total_bytes((BITS.index(4),) * SEARCHED)
    found = place / "information.json"
    known = json.loads(found.read_text()) if found.exists() else None
    return Truth(
        space,
        budget,
        {tuple(row["code"]): row["loss"] for row in rows},
        {tuple(row["code"]): row["held_out"] for row in rows},
        Sensitivity(tuple(map(tuple, about["losses"])), about["seconds"]),
        None if known is None else Information(tuple(known["values"]), known["seconds"]),
        about,
    )


def run(truth: Truth, name: str, seed: int, evaluations: int) -> dict[str, Any]:
    """Run one search; return its plans in order, and the seconds that the strategy took to choose."""
    begun = time.perf_counter()
    information = truth.information
    with tempfile.TemporaryDirectory() as folder:
        search = Search(
            truth.space,
            truth.budget,
            truth.objective,
            lambda: truth.sensitivity,
            EvaluationFile(Path(folder) / "evaluations.jsonl"),
            evaluations,
            seed,
            information=None if information is None else lambda: information,
        )
        run_strategy(strategy_named(name), search)
    took = time.perf_counter() - begun
    return {"strategy": name, "seed": seed, "codes": [row.code for row in search.rows], "seconds": took}


def searches(truth: Truth, place: Path, seeds: int, evaluations: int) -> dict[str, list[list[Code]]]:
    """Run what was not run yet; return the plans by strategy and seed."""
    path = place / "searches.jsonl"
    done = {(row["strategy"], row["seed"]): row for row in read_rows(path)}
    for name in NAMES:
        for seed in range(seeds):
            if (name, seed) not in done:
                done[name, seed] = run(truth, name, seed, evaluations)
                with path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(done[name, seed]) + "\n")
        took = [done[name, seed]["seconds"] for seed in range(seeds)]
        print(f"{name}: {np.mean(took):.1f} s a search", flush=True)
    return {
        name: [[tuple(code) for code in done[name, seed]["codes"]] for seed in range(seeds)] for name in NAMES
    }


def distance(truth: Truth, codes: Sequence[Code]) -> float:
    """Return the inverted generational distance of a search's plans."""
    points = [(truth.loss[code], float(truth.space.total_bytes(code))) for code in codes]
    return inverted_distance([points[index] for index in front_of(points)], truth.front)


def regret(truth: Truth, codes: Sequence[Code]) -> float:
    """Return by how many nats per token the best plan of a search is above the true best one."""
    return min(truth.loss[code] for code in codes) - truth.front[-1][0]


def held_out_regret(truth: Truth, codes: Sequence[Code]) -> float:
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


def report(truth: Truth, found: dict[str, list[list[Code]]], evaluations: int) -> str:
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


def _which(truth: Truth, found: dict[str, list[list[Code]]]) -> str:
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


def _with_sensitivities(truth: Truth, found: dict[str, list[list[Code]]], evaluations: int) -> str:
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


def _on_other_text(truth: Truth, found: dict[str, list[list[Code]]]) -> str:
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
        f"fit), but less so among the best tenth ({both[1]:.3f}). On the other text {worse} of the {len(above)} "
        f"searches that used sensitivities picked a plan worse than uniform 4 bits (mean difference "
        f"{np.mean(above):+.4f} nats per token). {told}"
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


def main() -> None:
    """Run what is missing and print the tables."""
    from benchmarks.compress_slice_prediction import prediction

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--evaluations", type=int, default=AT[-1])
    parser.add_argument("--place", type=Path, default=PLACE)
    parser.add_argument("--write", type=Path, help="put the tables between the marks of this page")
    options = parser.parse_args()
    truth = read_truth(options.place)
    found = searches(truth, options.place, options.seeds, options.evaluations)
    text = report(truth, found, options.evaluations) + "\n\n" + prediction(truth, options.seeds)
    print(text)
    if options.write:
        put(text, options.write, "slice")


if __name__ == "__main__":
    main()
