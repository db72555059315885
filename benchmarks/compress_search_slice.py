"""Every strategy on a six-block slice of SmolLM2 whose true front is known, ten seeds each.

    python -m benchmarks.compress_slice_table       (once: measures all 4,096 plans)
    python -m benchmarks.compress_search_slice --write docs/compress-search.md

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
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.compress_slice_report import AT, NAMES, report
from benchmarks.compress_slice_table import BITS, PLACE, SEARCHED, read_rows, slice_space
from benchmarks.marked import put
from compress.model_map import read_map
from compress.plan import Plan
from compress.search.evaluations import EvaluationFile
from compress.search.front import front_of
from compress.search.search import Search, run_strategy
from compress.search.sensitivity import Information, Sensitivity
from compress.search.space import Code, Space
from compress.search.strategies import strategy_named
from core_bench.models import resolve


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
