"""The corpus' estimate of tokens beside a real tokenizer: `python -m benchmarks.corpus_tokens FILE FOLDER`.

FILE is a corpus (`core-bench suite corpus`), FOLDER a model's folder with a tokenizer. It prints, for each
form, the tokens that the estimate and the tokenizer count, and how far rows differ.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path
from statistics import mean, stdev

from core_bench.suites.corpus import counter, estimate


def main() -> None:
    """Count every row twice."""
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    count = counter(Path(sys.argv[2]))
    pairs = defaultdict(list)
    for line in Path(sys.argv[1]).read_text().splitlines():
        row = json.loads(line)
        pairs[row["form"]].append((estimate(row["text"]), count(row["text"])))
    pairs["all"] = [pair for form in list(pairs) for pair in pairs[form]]
    for form, counts in pairs.items():
        estimated, real = (sum(column) for column in zip(*counts, strict=True))
        ratios = [one / other for one, other in counts]
        spread = stdev(ratios) if len(ratios) > 1 else 0.0
        print(
            f"{form:7} {len(counts):6} rows {estimated:9} estimated {real:9} real, "
            f"ratio {estimated / real:.3f}; of a row {mean(ratios):.3f} +- {spread:.3f}"
        )


if __name__ == "__main__":
    main()
