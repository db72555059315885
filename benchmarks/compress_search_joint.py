"""One joint search of bits and ranks with recovery on SmolLM2: each plan is trained before it is judged.

    python -m benchmarks.compress_search_joint --corpus corpus.jsonl --out joint
    python -m benchmarks.compress_search_joint --corpus corpus.jsonl --out joint     (again: goes on)

Every plan: bits of {2, 3, 4, 8} and a rank of {4, 8, 16} a block (one width for attention and MLP), adapters
started from the quantisation error, `--tokens` tokens of generated executions (loss on the answers), then
nats per gold answer of core-mini's dev items. 12 plans of 30,000 tokens are about 12 x 65 s on two
cores. The front is measured once more on test problems, each plan against the largest one of equal widths and
ranks that is not larger, intervals by problem: one search with one seed has no spread of its own, and says
nothing of another seed.
"""

import argparse
import json
import time
from itertools import product
from pathlib import Path

from benchmarks.compress_objectives import Questions, suite_questions
from benchmarks.compress_slice_table import read_rows
from compress import uniform_plan
from compress.loading import load_tokenizer
from compress.model_map import read_map
from compress.search.budget import budget_bytes
from compress.search.making import make_space
from compress.search.plan_model import PlanLoss
from compress.search.search import Search
from compress.search.space import Code, Space, SpaceOptions
from compress.search.study import Study, run_study
from core_bench.cli.compress_search_measures import measured_information, measured_sensitivity
from core_bench.cli.compress_search_objectives import Objective, ObjectiveSpec, make_objective
from core_bench.models import resolve
from core_bench.runs import GoldScores
from core_bench.statistics import clustered, compare


def run(options: argparse.Namespace) -> tuple[Search, Objective, Space]:
    """Search, or go on with it."""
    folder = resolve(options.model)
    found = read_map(folder)
    spec = ObjectiveSpec(
        name="gold", suite="core-mini", items=options.items, windows=options.windows, length=options.length,
        recovery_tokens=options.tokens, recovery_text=str(options.corpus),
    )  # fmt: skip
    objective = make_objective(folder, found, spec)
    choices = SpaceOptions(bits=(2, 3, 4, 8), ranks=(4, 8, 16), tied=True)
    plan = uniform_plan(found, quantiser="clip", compensation="svd", group_size=options.group_size)
    space = make_space(found, plan, choices)
    study = Study(
        base=found.base, strategy=options.strategy, seed=options.seed,
        budget=budget_bytes(options.budget, space), evaluations=options.evals, options=choices, plan=plan,
        objective=objective.spec.model_dump(), fidelity=2, below=1,
    )  # fmt: skip
    begun = time.perf_counter()

    def watch(search: Search) -> None:
        row = search.rows[-1]
        told = "failed" if row.loss is None else f"{row.loss:.4f}"
        print(
            f"{time.perf_counter() - begun:7.0f} s  fidelity {row.fidelity}  {row.stage:12} {told} nats an "
            f"answer  {row.bytes / 1e6:.2f} MB  {row.seconds:.1f} s",
            flush=True,
        )

    search = run_study(
        options.out, study, found, objective.losses,
        lambda s: measured_sensitivity(s, folder, found, objective.losses, objective.calibration),
        watch,
        lambda s: measured_information(s, folder, found, objective.calibration),
    )  # fmt: skip
    return search, objective, space


def report(options: argparse.Namespace, search: Search, objective: Objective, space: Space) -> None:
    """Print the front, each plan against the largest one of one width and one rank that is not larger."""
    trained = [row for row in search.rows if row.fidelity == 2]
    print(
        f"{len(trained)} plans trained, {len(search.rows) - len(trained)} screened; {search.seconds:.0f} s "
        f"booked, {sum(row.thought for row in search.rows):.0f} s of them for choosing and sensitivities"
    )
    if not options.test_items:
        return
    questions = suite_questions("test", options.test_items)
    measured = Tester(options, objective, space, questions)
    print(f"on {len(questions.requests)} items of {len(set(questions.problems))} test problems:")
    for row in reversed(search.front()):
        even = max(alike(space, row.bytes), key=space.total_bytes)
        own, reference = measured(row.code), measured(even)
        e = compare(
            clustered(zip(questions.problems, reference, strict=True), bounds=None),
            clustered(zip(questions.problems, own, strict=True), bounds=None),
        ).difference
        block, size = space.plan(even).blocks[0], space.total_bytes(even)
        print(
            f"  {row.bytes / 1e6:.2f} MB  dev {row.loss:.2f}  test {sum(own) / len(own):.2f}; against "
            f"{size / 1e6:.2f} MB, {block.mlp_bits} bits and rank {block.rank} everywhere: "
            f"{e.value:+.2f} [{e.low:+.2f}, {e.high:+.2f}] nats an answer",
            flush=True,
        )


def alike(space: Space, most: int) -> list[Code]:
    """Return the plans of one width and one rank that take at most so many bytes."""
    fields = list(dict.fromkeys(knob.field for knob in space.knobs))
    tops = [next(len(k.choices) for k in space.knobs if k.field == field) for field in fields]
    found = []
    for chosen in product(*map(range, tops)):
        by_field = dict(zip(fields, chosen, strict=True))
        code = tuple(by_field[knob.field] for knob in space.knobs)
        if space.total_bytes(code) <= most:
            found.append(code)
    return found


class Tester:
    """Trains a plan as the search does, and asks test problems; what was asked lies beside the search."""

    def __init__(
        self, options: argparse.Namespace, objective: Objective, space: Space, questions: Questions
    ) -> None:
        folder = resolve(options.model)
        golds = GoldScores(folder, load_tokenizer(folder))

        def ask(model: object) -> float:
            self._nats = [answer.nats for answer in golds.measure(model, questions.requests)]
            return sum(self._nats) / len(self._nats)

        self._space = space
        self._losses = PlanLoss(folder, space.model, ask, recovery=objective.losses.recovery)
        self._path: Path = options.out / f"tested-{len(questions.requests)}.jsonl"
        self._known = {row["plan"]: row["nats"] for row in read_rows(self._path)}

    def __call__(self, code: Code) -> list[float]:
        """Return nats of each answer."""
        plan = self._space.plan(code)
        if plan.hash() not in self._known:
            self._losses(plan, 2)
            self._known[plan.hash()] = self._nats
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"plan": plan.hash(), "nats": self._nats}) + "\n")
        found: list[float] = self._known[plan.hash()]
        return found


def main() -> None:
    """Search, then report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="smollm2-135m")
    parser.add_argument("--corpus", required=True, help="what core-bench suite corpus wrote, or stdlib")
    parser.add_argument("--out", type=Path, required=True, help="folder of the search")
    parser.add_argument("--strategy", default="autoqra")
    parser.add_argument("--budget", default="4.5bpw")
    parser.add_argument("--evals", type=int, default=12)
    parser.add_argument("--tokens", type=int, default=30_000)
    parser.add_argument("--items", type=int, default=40, help="dev items")
    parser.add_argument("--test-items", type=int, default=90, help="0 leaves the test out")
    parser.add_argument("--windows", type=int, default=4, help="windows of the sensitivities")
    parser.add_argument("--length", type=int, default=128)
    parser.add_argument("--group-size", type=int, default=64)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    report(options, *run(options))


if __name__ == "__main__":
    main()
