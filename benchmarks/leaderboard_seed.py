"""Makes the board in the docs anew: runs SmolLM2 and smaller editions of it, and builds the site from that.

    python -m benchmarks.leaderboard_seed --work FOLDER [--only NAME ...]

Everything is done with a submitter's commands. What the folder holds already is not made again, so
that the command goes on where it was stopped; all of it takes an hour on two cores. The bundles and the
site are written to docs/leaderboard.
"""

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from compress.plan import read_plan
from compress.write import PLAN_FILE

ROOT = Path(__file__).resolve().parents[1]
SUBMISSIONS = ROOT / "docs" / "leaderboard" / "submissions"
SITE = ROOT / "docs" / "leaderboard" / "site"
SUITE, SPLIT = "core-mini", "test"
_SHORT = ("--max-tokens", "64")
"""SmolLM2 seldom ends a thought by itself: more room would only be filled."""

METHODS: dict[str, tuple[str, ...]] = {
    "io": (),
    "cot": _SHORT,
    "coc": _SHORT,
    "rhda": (*_SHORT, "--rounds", "1"),
    "rhda-oracle": (*_SHORT, "--rounds", "1"),
}


@dataclass(frozen=True, slots=True)
class Edition:
    """A model on the board.

    Attributes:
        name: What the board calls it.
        making: How it is compressed from SmolLM2, for `compress uniform`.
        methods: How it is asked.
        model: For `run --model`, where it is not made.
    """

    name: str
    making: tuple[str, ...] = ()
    methods: tuple[str, ...] = ("io",)
    model: str = "smollm2-135m"

    @property
    def file(self) -> str:
        """Its name as part of a file's name."""
        return self.name.lower().replace(" ", "-").replace(",", "")


EDITIONS = (
    *(Edition(f"baseline {name}", model=f"baseline:{name}") for name in ("oracle", "majority", "echo")),
    Edition("SmolLM2-135M-Instruct", methods=tuple(METHODS)),
    Edition("SmolLM2-135M GPTQ 4 bits", ("--bits", "4")),
    Edition("SmolLM2-135M GPTQ 3 bits", ("--bits", "3")),
    Edition("SmolLM2-135M RTN 3 bits", ("--bits", "3", "--quantiser", "rtn")),
    Edition("SmolLM2-135M FFN 1344", ("--bits", "16", "--ffn-width", "1344")),
)


def command(*words: str | Path) -> None:
    """Run one core-bench command as a user would; its output goes through."""
    print("$ core-bench", *words, flush=True)
    subprocess.run([sys.executable, "-m", "core_bench.cli", *map(str, words)], check=True)


def model_of(edition: Edition, work: Path) -> str:
    """Make an edition if it is not there; return what `run --model` takes."""
    if not edition.making:
        return edition.model
    folder = work / edition.file
    if not folder.exists():
        command("compress", "uniform", "smollm2-135m", *edition.making, "--out", folder)
    return str(folder)


def bundle_of(edition: Edition, work: Path) -> None:
    """Run an edition with its methods and write its bundle."""
    model = model_of(edition, work)
    runs = []
    for method in edition.methods:
        runs.append(work / "runs" / f"{edition.file}-{method}")
        command("run", "--model", model, "--suite", SUITE, "--split", SPLIT, "--method", method,
                "--shape", "completion", *METHODS[method], "--out", runs[-1])  # fmt: skip
    card = ["--name", edition.name, "--organisation", "core-bench", "--access", "open"]
    card += ["--licence", "Apache-2.0"]
    card += ["--contact", "the-maintainers-of-core-bench"]
    efficiency = json.loads((runs[0] / "efficiency.json").read_text())
    if efficiency["parameters"]:
        card += ["--parameters", str(efficiency["parameters"])]
    if edition.making:
        plan = read_plan(Path(model) / PLAN_FILE)
        card += ["--base-model", "SmolLM2-135M-Instruct", "--compression-plan", plan.hash()]
        card += ["--notes", f"core-bench compress uniform smollm2-135m {' '.join(edition.making)}"]
    bundle = SUBMISSIONS / f"{edition.file}.zip"
    bundle.unlink(missing_ok=True)
    command("submit", *runs, *card, "--out", bundle)


def main() -> int:
    """Run what is missing, write the bundles, build the site."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="where checkpoints and runs are kept")
    parser.add_argument("--only", nargs="+", help="only these editions, by the names of their files")
    options = parser.parse_args()
    SUBMISSIONS.mkdir(parents=True, exist_ok=True)
    for edition in EDITIONS:
        if not options.only or edition.file in options.only:
            bundle_of(edition, options.work)
    command("leaderboard", "build", SUBMISSIONS, "--out", SITE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
