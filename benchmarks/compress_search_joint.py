"""One joint search of bits and ranks with recovery on SmolLM2: each plan is trained before it is judged.

    heavy2 python -m benchmarks.compress_search_joint --corpus corpus.jsonl --out joint
    python -m benchmarks.compress_search_joint --corpus corpus.jsonl --out joint     (again: goes on)

Every plan: bits of {2, 3, 4, 8} and a rank of {4, 8, 16} a block (one width for attention and MLP), adapters
started from the quantisation error, `--tokens` tokens of generated executions (loss on the answers), then
nats per gold answer of core-mini's dev items. 12 plans of 30,000 tokens are about 12 x 65 s on two
cores. The front is measured once more on test problems, intervals by problem: one search with one seed
has no spread of its own, and says nothing of another seed.
"""

import argparse
import time
from pathlib import Path

from benchmarks.compress_objectives import suite_questions
from compress import uniform_plan
from compress.loading import load_tokenizer
from compress.model_map import read_map
from compress.plan import Plan
from compress.search.budget import budget_bytes
from compress.search.front import front_of
from compress.search.making import make_space
from compress.search.plan_model import PlanLoss
from compress.search.search import Search
from compress.search.space import Space, SpaceOptions
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
    """Print the front, measured on test problems, against the uniform 4-bit plan of the middle rank."""
    trained = [row for row in search.rows if row.fidelity == 2]
    print(
        f"{len(trained)} plans trained, {len(search.rows) - len(trained)} screened; {search.seconds:.0f} s "
        f"booked, {sum(row.thought for row in search.rows):.0f} s of them for choosing and sensitivities"
    )
    known = search.known()
    front = [known[index] for index in front_of([row.point for row in known])]
    if not options.test_items:
        return
    questions = suite_questions("test", options.test_items)
    folder = resolve(options.model)
    golds = GoldScores(folder, load_tokenizer(folder))
    nats: list[float] = []

    def ask(model: object) -> float:
        nats[:] = [answer.nats for answer in golds.measure(model, questions.requests)]
        return sum(nats) / len(nats)

    # The same training, but the score is that of the test problems.
    tester = PlanLoss(folder, space.model, ask, recovery=objective.losses.recovery)

    def measured(plan: Plan) -> list[float]:
        tester(plan, 2)
        return list(nats)

    reference = measured(space.plan(tuple(min(2, size - 1) for size in space.sizes)))
    print(f"on {len(nats)} items of {len(set(questions.problems))} test problems, against 4 bits everywhere:")
    for row in front:
        own = measured(space.plan(row.code))
        e = compare(
            clustered(zip(questions.problems, reference, strict=True), bounds=None),
            clustered(zip(questions.problems, own, strict=True), bounds=None),
        ).difference
        print(
            f"  {row.bytes / 1e6:8.2f} MB  dev {row.loss:.4f}  test {sum(own) / len(own):.4f}"
            f"  {e.value:+.3f} [{e.low:+.3f}, {e.high:+.3f}] nats an answer",
            flush=True,
        )


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
