"""What the parts of a joint search of bits and ranks are worth, on the whole of SmolLM2 right after rounding.

    python -m benchmarks.compress_search_ablations --out ablations --write docs/compress-search.md

60 knobs: bits of {2, 3, 4, 8} and a rank of {4, 8, 16} a block, adapters by SVD of the rounding error, at
4.0 stored bits per weight. The strategy as it is, against the same without importance, without its second
phase, with one rank for all, and with one width for all, at the same seeds and evaluations. Every search is a
folder of `compress search`: what is there is not measured again, and `compress search-report` makes their
page.
"""

import argparse
from pathlib import Path
from typing import Any

from benchmarks.marked import put
from compress import uniform_plan
from compress.model_map import read_map
from compress.search.budget import budget_bytes
from compress.search.making import make_space
from compress.search.search import Search
from compress.search.space import SpaceOptions
from compress.search.study import Study, run_study
from core_bench.cli.compress_search_measures import measured_information, measured_sensitivity
from core_bench.cli.compress_search_objectives import ObjectiveSpec, make_objective
from core_bench.models import resolve
from core_bench.reports import FORMATS
from core_bench.reports.search_tables import ablations_table, strategies_table
from core_bench.reports.searches import read_searches

BITS, RANKS = (2, 3, 4, 8), (4, 8, 16)
VARIANTS: dict[str, dict[str, Any]] = {
    "whole": {},
    "no-importance": {"prior": False},
    "no-refinement": {"settings": {"refine_share": 0.0}},
    "one-rank": {"ranks": (8,)},
    "one-width": {"bits": (3,)},
}


def main() -> None:
    """Search, or go on, then print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, help="folder of the searches' folders")
    parser.add_argument("--strategies", nargs="*", default=["autoqra", "qradaptor"])
    parser.add_argument("--budget", default="4.0bpw")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--evals", type=int, default=40)
    parser.add_argument("--windows", type=int, default=4)
    parser.add_argument("--length", type=int, default=128)
    parser.add_argument("--write", type=Path, help="put the tables between the marks of this page")
    options = parser.parse_args()
    folder = resolve("smollm2-135m")
    found = read_map(folder)
    plan = uniform_plan(found, quantiser="clip", compensation="svd", group_size=64)
    objective = make_objective(folder, found, ObjectiveSpec(windows=options.windows, length=options.length))
    wide = make_space(found, plan, SpaceOptions(bits=BITS, ranks=RANKS, tied=True))
    budget = budget_bytes(options.budget, wide)

    def search(strategy: str, variant: str, seed: int) -> Path:
        changed = VARIANTS[variant]
        choices = SpaceOptions(bits=changed.get("bits", BITS), ranks=changed.get("ranks", RANKS), tied=True)
        study = Study(
            base=found.base, strategy=strategy, seed=seed, budget=budget, evaluations=options.evals,
            options=choices, plan=plan, objective=objective.spec.model_dump(),
            settings=changed.get("settings", {}), prior=changed.get("prior", True),
        )  # fmt: skip
        out: Path = options.out / f"{strategy}-{variant}-{seed}"
        done: Search = run_study(
            out, study, found, objective.losses,
            lambda s: measured_sensitivity(s, folder, found, objective.losses, objective.calibration),
            information=lambda s: measured_information(s, folder, found, objective.calibration),
        )  # fmt: skip
        best = min(row.point[0] for row in done.known())
        print(f"{out.name}: {best:.4f} after {len(done.rows)} plans, {done.seconds:.0f} s booked", flush=True)
        return out

    folders = [search("random", "whole", seed) for seed in range(options.seeds)]
    for strategy in options.strategies:
        folders += [search(strategy, name, seed) for name in VARIANTS for seed in range(options.seeds)]
    views = read_searches(folders)
    tables = [table for table in (strategies_table(views), ablations_table(views)) if table is not None]
    # Its titles go below the title that the page has there.
    told = FORMATS["markdown"][1](tables).replace("## ", "### ").strip()
    print(told)
    if options.write:
        put(told, options.write, "ablations")


if __name__ == "__main__":
    main()
