"""Published CRUXEval runs, scored again without executing a reply: do we get the published numbers?

    python -m benchmarks.scoring_parity [FOLDER] [--differences FILE]

FOLDER holds `cruxeval.jsonl` and `cruxeval_generations/*.json` (default: CORE_BENCH_DATA or ../shared/data).
"""

import argparse
import json
import os
import time
from collections import Counter
from pathlib import Path

from core_bench.scoring.published import PublishedScore, read_published, score_published


def folder() -> Path:
    """Return where the public data is."""
    return Path(os.environ.get("CORE_BENCH_DATA", "../shared/data"))


def unlike_stored(score: PublishedScore, file: Path) -> int:
    """Return how many of the stored verdicts we do not reproduce."""
    stored = json.loads(file.read_text())["raw_scored_generations"]
    return sum(
        theirs != ours
        for name, row in score.results.items()
        for theirs, ours in zip(stored[name], row, strict=True)
    )


def main() -> None:
    """Print one line a run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=folder())
    parser.add_argument("--differences", type=Path)
    arguments = parser.parse_args()
    lines = []
    for file in sorted((arguments.folder / "cruxeval_generations").glob("*.json")):
        begin = time.perf_counter()
        score = score_published(read_published("cruxeval", file, arguments.folder / "cruxeval.jsonl"))
        seconds = time.perf_counter() - begin
        print(f"{file.stem}: {score.replies} replies, {seconds:.2f} s")
        for name, told in score.reported.items():
            again, ours = score.published[name], score.ours[name]
            print(
                f"  {name}: published {told:.6f}, their way {100 * again.value:.6f}, "
                f"ours {100 * ours.value:.4f} [{100 * ours.low:.1f}, {100 * ours.high:.1f}] "
                f"({100 * ours.value - told:+.4f})"
            )
        print(f"  verdicts unlike the stored ones: {unlike_stored(score, file)} of {score.replies}")
        for reason, count in Counter(row.reason for row in score.differences).most_common():
            print(f"  {count} verdicts differ: {reason}")
        lines += [json.dumps({"run": file.stem, **row.model_dump(mode="json")}) for row in score.differences]
    if arguments.differences:
        arguments.differences.write_text("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    main()
