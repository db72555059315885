"""How many mutually distant, verified implementations each HumanEval solution gives; prints the figures.

    python -m benchmarks.variants_diversity [--n 8] [--every 1] [--without-renaming] [--show NAME]

Programs: canonical solutions of cyclomatic complexity 3 or more (114 of 164). Distant: Jaccard similarity of
Python tokens at most 0.7 to the original and to each other. The generator gets the calls that stand as
examples in the prompt (the first two of the check where there are none) and the inputs that it derives from
them; what it gives is then run against HumanEval's own check, which it never saw.
"""

import argparse
import ast
import collections
import json
import re
import sys
import time
from pathlib import Path

import tracer
from benchmarks.programs import data_folder, humaneval
from variants import TRANSFORMS, Demands, complexity, generate

_AIMS = {"all transforms": ((4, 0.85),), "without renaming": ((2, 0.85), (3, 0.40))}


def examples(prompt: str, entry_point: str) -> list[str]:
    """Return the argument lists of the calls in a prompt's docstring."""
    found = []
    for match in re.finditer(rf"\b{entry_point}\(", prompt):
        rest = prompt[match.start() :]
        for end in (place.end() for place in re.finditer(r"\)", rest[:400])):
            try:
                call = ast.parse(rest[:end], mode="eval").body
                text = ", ".join(ast.unparse(part) for part in [*call.args, *call.keywords])
                tracer.parse_arguments(text)
            except (SyntaxError, ValueError, AttributeError):
                continue
            if text and text not in found:
                found.append(text)
            break
    return found


def passes(row: dict, code: str) -> bool:
    """Tell whether a program passes HumanEval's check."""
    suffix = f"\n\n{row['test']}\n\n\ndef run_checks():\n    check({row['entry_point']})\n"
    [outcome] = tracer.run_calls(code + suffix, "run_checks", [""])
    return outcome.status == "returned"


def inputs_of(row: dict, recorded: dict[str, list[str]]) -> tuple[list[str], bool]:
    """Return argument lists to start from, and whether they are the prompt's own."""
    found = examples(row["prompt"], row["entry_point"])
    return (found, True) if found else (recorded[row["task_id"]][:2], False)


def argument_text(inputs: tuple) -> str:
    """Return recorded arguments as text."""
    positional, keyword = inputs
    return ", ".join([*map(repr, positional), *(f"{name}={value!r}" for name, value in keyword.items())])


def main() -> int:
    """Generate for every program, check, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=8, help="variants wanted of each program")
    parser.add_argument("--every", type=int, default=1, help="only each so many-th program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without-renaming", action="store_true", help="no transform that only renames")
    parser.add_argument("--show", help="print the variants of this program, such as HumanEval/3")
    options = parser.parse_args()
    kind = "without renaming" if options.without_renaming else "all transforms"
    names = [
        name
        for name, transform in TRANSFORMS.items()
        if not (options.without_renaming and transform.family == "names")
    ]
    recorded = collections.defaultdict(list)
    for case in humaneval(most=2):
        recorded[case.name].append(argument_text(case.inputs))
    rows = [json.loads(line) for line in Path(data_folder() / "humaneval.jsonl").read_text().splitlines()]
    rows = [row for row in rows if complexity(row["prompt"] + row["canonical_solution"]) >= 3]
    counts, failed, borrowed = [], [], 0
    made = filtered = run = rejected = 0
    seconds = 0.0
    fired: collections.Counter[str] = collections.Counter()
    rows = rows[:: options.every] if not options.show else [r for r in rows if r["task_id"] == options.show]
    for row in rows:
        code = row["prompt"] + row["canonical_solution"]
        inputs, own = inputs_of(row, recorded)
        borrowed += not own
        start = time.perf_counter()
        found = generate(
            code, [f"{row['entry_point']}({text})" for text in inputs], options.n, options.seed,
            transforms=names, demands=Demands(max_jaccard=0.7, min_complexity=3),
        )  # fmt: skip
        seconds += time.perf_counter() - start
        tally = found.tally
        made, filtered = made + tally.made, filtered + tally.filtered
        run, rejected = run + tally.verified, rejected + len(tally.rejected)
        counts.append(1 + len(found.variants))
        for draft, verdict in tally.rejected:
            where = f"{row['task_id']}: {verdict.reason} on ({verdict.separating_input})"
            print(f"rejected {where} {[link.transform for link in draft.chain]}", file=sys.stderr)
        for variant in found.variants:
            fired.update({link.transform for link in variant.chain})
            if options.show:
                print(
                    f"--- {[link.transform for link in variant.chain]} {variant.similarity}\n{variant.code}"
                )
            if not passes(row, variant.code):
                failed.append(row["task_id"])
                print(f"FAILS {row['task_id']}\n{variant.code}", file=sys.stderr)
    variants = sum(counts) - len(counts)
    print(f"{kind}: {len(rows)} programs, {variants} variants emitted; inputs borrowed for {borrowed}")
    print(f"implementations a program (original included): mean {sum(counts) / len(counts):.2f}, "
          f"distribution {dict(sorted(collections.Counter(counts).items()))}")  # fmt: skip
    for least, aim in _AIMS[kind]:
        share = sum(count >= least for count in counts) / len(counts)
        print(f"at least {least}: {share:.1%} of programs (aim {aim:.0%})")
    print(f"fail HumanEval's check: {len(failed)}")
    print(f"candidates: {made} made, {filtered} filtered before running, {run} verified, {rejected} rejected")
    print(f"{seconds:.1f} s, {made / seconds:.0f} candidates/s, {run / seconds:.0f} verified/s")
    print("fired in variants:", ", ".join(f"{name} {count}" for name, count in fired.most_common()))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
