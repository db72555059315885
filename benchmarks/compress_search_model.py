"""Strategies on the whole of SmolLM2 at equal stored bytes, with what their plans are worth on other text.

    python -m benchmarks.compress_search_model --budgets 3.5 --seeds 3 --evals 40
    python -m benchmarks.compress_search_model --budgets 3.0 3.5 4.5 --seeds 5 --evals 60 --write PAGE
    python -m benchmarks.compress_search_model --objective gold --strategies autoqra

60 knobs: {2, 3, 4, 8} bits for the attention and for the MLP of each of 30 blocks (clip search, groups of 64,
symmetric, nothing trained). Searches see `--windows` windows of the calibration part of the standard library.
The plan that a search would pick is measured on held-out modules, and, for the seed with the least loss, on
gold answers of core-mini's test problems; neither was seen, and nothing is picked by them. The share of the
gap is (uniform - plan) / (uniform - 16 bits), uniform being the largest plan with one width below the budget.

With `--objective gold` searches see the golds of dev items instead: whether the choice matters shows in the
same columns of both tables.

Every loss is kept by the hash of its plan with the seconds that it took, and booked to each search that asks
for it. What is known is not measured again: run it in pieces, with more seeds or evaluations each time.
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.compress_model_tables import Tested, table
from benchmarks.compress_objectives import Questions, ask, suite_questions
from benchmarks.compress_slice_table import read_rows
from benchmarks.marked import put
from compress import measure_importance
from compress.calibration import Passage, calibrate_on, passages
from compress.likelihood import measure
from compress.loading import load_tokenizer
from compress.model_map import read_map
from compress.plan import Plan, uniform_plan
from compress.search.answers import Answer, answer_of
from compress.search.budget import budget_bytes
from compress.search.evaluations import Evaluated, EvaluationFile
from compress.search.making import make_space
from compress.search.plan_model import PlanLoss, loss_on
from compress.search.search import Search, run_strategy
from compress.search.sensitivity import Information, Sensitivity, from_tables, information_of
from compress.search.space import SpaceOptions
from compress.search.strategies import STRATEGIES, strategy_named
from compress.search.strategies.uniform import uniform_codes
from compress.text import read_documents
from core_bench.cli.compress_search_objectives import dev_items, gold_score
from core_bench.models import resolve

NAMES = tuple(name for name in STRATEGIES if name != "exhaustive")
ALONE = ("uniform", "greedy")  # one plan at the budget; chance has no say


class Bench:
    """The base, its texts, and every loss that was measured."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.folder = resolve("smollm2-135m")
        self.map = read_map(self.folder)
        self.tokenizer = load_tokenizer(self.folder)
        self.space = make_space(self.map, uniform_plan(self.map, quantiser="clip"), SpaceOptions())
        self.text = calibrate_on(read_documents("stdlib"), self.tokenizer, options.windows, options.length, 0)
        seen = [Passage(str(n), tokens[None]) for n, tokens in enumerate(self.text.tokens)]
        self.modules = passages(read_documents("stdlib:held-out"), self.tokenizer, options.held_out)
        self.questions: Questions = suite_questions("test", options.items)
        self.place: Path = options.place / f"{options.windows}x{options.length}"
        score = loss_on(seen)
        if options.objective == "gold":
            suite, asked = dev_items("core-mini", options.dev_items)
            score = gold_score(self.folder, self.tokenizer, suite, asked)
            self.place = options.place / f"gold-{len(asked)}"
        self.place.mkdir(parents=True, exist_ok=True)
        self._losses = PlanLoss(self.folder, self.map, score, full=self._look)
        self._known = {row["plan"]: row for row in read_rows(self.place / "losses.jsonl")}
        self._tested = {row["plan"]: row for row in read_rows(self._tests_file(options))}
        self._tests = self._tests_file(options)
        self._gold = False
        self._seen: dict[str, Any] = {}

    def _tests_file(self, options: argparse.Namespace) -> Path:
        found: Path = options.place / f"tested-{options.held_out}-{options.items}.jsonl"
        return found

    def pool(self, jobs: Sequence[tuple[Plan, int]]) -> Iterator[Answer]:
        """Measure plans, or look them up with the seconds that they took."""
        for plan, fidelity in jobs:
            name = plan.hash()
            if name not in self._known:
                answer = answer_of(self._losses, plan, fidelity)
                row = {
                    "plan": name,
                    "loss": answer.loss,
                    "failure": answer.failure,
                    "seconds": answer.seconds,
                }
                _append(self.place / "losses.jsonl", row)
                self._known[name] = row
            row = self._known[name]
            yield Answer(row["loss"], row["failure"], row["seconds"])

    def test(self, plan: Plan, gold: bool) -> Tested:
        """Measure a plan on held-out modules, and on test problems if asked."""
        name = plan.hash()
        row = self._tested.get(name)
        if row is None or (gold and "gold" not in row):
            self._gold = gold
            self._losses(plan, 3)
            row = {"plan": name, **self._seen}
            _append(self._tests, row)
            self._tested[name] = row
        return Tested(row["nats"], row["tokens"], row.get("gold"))

    def _look(self, model: Any) -> float:
        found = measure(model, self.modules)
        self._seen = {
            "nats": [passage.nats for passage in found.passages],
            "tokens": [passage.tokens for passage in found.passages],
        }
        if self._gold:
            self._seen["gold"] = [
                answer.nats for answer in ask(self.folder, model, self.tokenizer, self.questions)
            ]
        return found.nll

    def sensitivity(self) -> Sensitivity:
        """Return the sensitivities; their seconds are booked to who asks."""
        path = self.place / "sensitivity.json"
        if not path.exists():
            begun = time.perf_counter()
            few = self.text.first(2)  # as the command does: on all windows it would cost more than a search
            kl = measure_importance("kl-bits", self.folder, self.map, few, bits=[2, 3, 4, 8])
            losses = from_tables(self.space, kl).losses
            path.write_text(json.dumps({"losses": losses, "seconds": time.perf_counter() - begun}))
        data = json.loads(path.read_text())
        return Sensitivity(tuple(map(tuple, data["losses"])), data["seconds"])

    def information(self) -> Information:
        """Return the mutual information by knob, likewise."""
        path = self.place / "information.json"
        if not path.exists():
            begun = time.perf_counter()
            found = information_of(
                self.space, measure_importance("information", self.folder, self.map, self.text)
            )
            path.write_text(json.dumps({"values": found.values, "seconds": time.perf_counter() - begun}))
        data = json.loads(path.read_text())
        return Information(tuple(data["values"]), data["seconds"])

    def search(self, name: str, budget: int, seed: int, evaluations: int) -> list[Evaluated]:
        """Run one search, or read it; a longer one reads what the shorter one measured."""
        path = self.place / f"search-{name}-{budget}-{seed}-{evaluations}.jsonl"
        if path.exists():
            return list(EvaluationFile(path).rows)
        draft = path.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        search = Search(
            self.space, budget, self._losses, self.sensitivity, EvaluationFile(draft), evaluations, seed,
            pool=self.pool, information=self.information,
        )  # fmt: skip
        run_strategy(strategy_named(name), search)
        draft.replace(path)
        return search.rows

    def uniform(self, budget: int) -> Plan:
        """Return the largest plan below a budget that has one width everywhere."""
        alike = [code for code in uniform_codes(self.space) if len(set(code)) == 1]
        fitting = [code for code in alike if self.space.total_bytes(code) <= budget]
        return self.space.plan(max(fitting, key=self.space.total_bytes))


def _append(path: Path, row: dict[str, Any]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")


def main() -> None:
    """Search, test, and print one table a budget."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--budgets", type=float, nargs="+", default=[3.5], help="stored bits per weight")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--evals", type=int, default=40)
    parser.add_argument("--strategies", nargs="*", default=NAMES, choices=NAMES)
    parser.add_argument("--objective", choices=["nll", "gold"], default="nll", help="what searches see")
    parser.add_argument("--dev-items", type=int, default=8, help="dev items of the objective gold")
    parser.add_argument("--windows", type=int, default=4, help="windows that a search sees")
    parser.add_argument("--length", type=int, default=128, help="tokens of each")
    parser.add_argument("--held-out", type=int, default=192, help="tokens of each of 30 held-out modules")
    parser.add_argument("--items", type=int, default=30, help="items of test problems")
    parser.add_argument("--place", type=Path, default=Path(".cache/compress_search_model"))
    parser.add_argument("--write", type=Path, help="put the tables between the marks of this page")
    options = parser.parse_args()
    bench = Bench(options)
    told = []
    for bits in options.budgets:
        budget = budget_bytes(f"{bits}bpw", bench.space)
        runs: dict[str, list[list[Evaluated]]] = {}
        for name in dict.fromkeys([*ALONE, "random", *options.strategies]):
            seeds = 1 if name in ALONE else options.seeds
            evaluations = 1 if name in ALONE else options.evals
            runs[name] = [bench.search(name, budget, seed, evaluations) for seed in range(seeds)]
            least = [min(row.point[0] for row in rows) for rows in runs[name]]
            print(f"{bits} bits, {name}: {', '.join(f'{loss:.4f}' for loss in least)}", flush=True)
        picked = {
            name: [min(rows, key=lambda row: row.point) for rows in found] for name, found in runs.items()
        }
        tested = {}
        for name, rows in picked.items():
            first = min(range(len(rows)), key=lambda n: rows[n].point)
            tested[name] = [
                bench.test(bench.space.plan(row.code), gold=n == first) for n, row in enumerate(rows)
            ]
        below = bench.test(bench.uniform(budget), gold=True)
        whole = bench.test(uniform_plan(bench.map), gold=True)
        told.append(table(bits, budget, runs, tested, below, whole, bench.questions))
        print(told[-1], flush=True)
    if options.write:
        put("\n\n".join(told), options.write, "model" if options.objective == "nll" else "model-gold")


if __name__ == "__main__":
    main()
