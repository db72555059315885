"""How many mutually distant, verified implementations each HumanEval solution gives; prints the figures.

    python -m benchmarks.variants_diversity [--n 8] [--without-renaming] [--rows FILE] [--shard 1/2]

Programs: canonical solutions of cyclomatic complexity 3 or more (114 of 164). Distant: Jaccard similarity of
Python tokens at most 0.7 to the original and to each other. The generator gets the calls that stand as
examples in the prompt (the first two of the check where there are none) and the inputs that it derives from
them; what it gives is then run against HumanEval's own check, which it never saw.

With --rows each program's result is written to a file as soon as it is there, and a later call with the same
file goes on where it stopped; shards may share the file. --summary only prints what the file holds.
"""

import argparse
import ast
import collections
import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import tracer
from benchmarks.programs import data_folder, humaneval
from variants import TRANSFORMS, Demands, complexity, generate
from variants.calls import argument_text

_AIMS = {"all transforms": ((4, 0.85),), "without renaming": ((2, 0.85), (3, 0.40))}
_DEMANDS = Demands(max_jaccard=0.7, min_complexity=3)


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


def programs(only: str | None, every: int, shard: tuple[int, int]) -> Iterator[tuple[dict, list[str], bool]]:
    """Yield rows of HumanEval with calls to start from, and whether those are its own examples."""
    recorded = collections.defaultdict(list)
    for case in humaneval(most=2):
        recorded[case.name].append(argument_text(*case.inputs))
    rows = [json.loads(line) for line in Path(data_folder() / "humaneval.jsonl").read_text().splitlines()]
    rows = [row for row in rows if complexity(row["prompt"] + row["canonical_solution"]) >= 3]
    rows = [row for row in rows if row["task_id"] == only] if only else rows[::every]
    for row in rows[shard[0] - 1 :: shard[1]]:
        inputs, own = inputs_of(row, recorded)
        yield row, [f"{row['entry_point']}({text})" for text in inputs], own


def measured(row: dict, calls: list[str], own: bool, n: int, seed: int, names: list[str]) -> dict:
    """Generate for one program, check what comes out, and return all that the figures need."""
    code = row["prompt"] + row["canonical_solution"]
    start = time.perf_counter()
    found = generate(code, calls, n, seed, transforms=names, demands=_DEMANDS)
    seconds = time.perf_counter() - start
    tally = found.tally
    return {
        "task": row["task_id"], "own": own, "seconds": seconds, "made": tally.made,
        "filtered": tally.filtered, "verified": tally.verified,
        "rejected": [
            {"chain": [link.transform for link in draft.chain], "reason": verdict.reason,
             "input": verdict.separating_input, "code": draft.code}
            for draft, verdict in tally.rejected
        ],
        "variants": [
            {"chain": [link.transform for link in variant.chain], "code": variant.code,
             "tokenize": variant.similarity.tokenize, "word": variant.similarity.word,
             "nodes": variant.similarity.nodes, "passes": passes(row, variant.code)}
            for variant in found.variants
        ],
    }  # fmt: skip


def summary(kind: str, rows: list[dict]) -> int:
    """Print the figures; return 1 where a variant fails HumanEval's check."""
    counts = [1 + len(row["variants"]) for row in rows]
    variants = [variant for row in rows for variant in row["variants"]]
    failed = [(row["task"], one["code"]) for row in rows for one in row["variants"] if not one["passes"]]
    borrowed = sum(not row["own"] for row in rows)
    print(f"{kind}: {len(rows)} programs, {len(variants)} variants emitted; inputs borrowed for {borrowed}")
    print(f"implementations a program (original included): mean {sum(counts) / len(counts):.2f}, "
          f"distribution {dict(sorted(collections.Counter(counts).items()))}")  # fmt: skip
    for least, aim in _AIMS[kind]:
        share = sum(count >= least for count in counts)
        print(
            f"at least {least}: {share} of {len(counts)} programs, {share / len(counts):.1%} (aim {aim:.0%})"
        )
    print(f"fail HumanEval's check: {len(failed)} of {len(variants)}")
    for measure in ("tokenize", "word", "nodes"):
        mean = sum(variant[measure] for variant in variants) / max(len(variants), 1)
        print(f"mean Jaccard to the original, {measure}: {mean:.3f}")
    made, filtered, verified = (sum(row[key] for row in rows) for key in ("made", "filtered", "verified"))
    rejected = [(row["task"], one) for row in rows for one in row["rejected"]]
    print(f"candidates: {made} made, {filtered} filtered before running, {verified} verified, "
          f"{len(rejected)} rejected")  # fmt: skip
    seconds = sum(row["seconds"] for row in rows)
    print(f"{seconds:.1f} s, {made / seconds:.0f} candidates/s, {verified / seconds:.1f} verified/s")
    fired = collections.Counter(name for variant in variants for name in set(variant["chain"]))
    print("fired in variants:", ", ".join(f"{name} {count}" for name, count in fired.most_common()))
    for task, one in rejected:
        print(f"rejected {task}: {one['reason']} on ({one['input']}) {one['chain']}", file=sys.stderr)
    for task, code in failed:
        print(f"FAILS {task}\n{code}", file=sys.stderr)
    return 1 if failed else 0


def read_rows(file: Path | None, key: str) -> list[dict]:
    """Return the results of the same settings that a file holds; a line that was cut off is none."""
    found = []
    if file is not None and file.exists():
        for line in file.read_text().splitlines():
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if row["settings"] == key:
                found.append(row)
    return found


def main() -> int:
    """Generate for every program, check, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=8, help="variants wanted of each program")
    parser.add_argument("--every", type=int, default=1, help="only each so many-th program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without-renaming", action="store_true", help="no transform that only renames")
    parser.add_argument("--show", help="print the variants of this program, such as HumanEval/3")
    parser.add_argument("--rows", type=Path, help="file to keep each program's result in, and to go on from")
    parser.add_argument("--shard", default="1/1", help="which part of the programs, such as 2/4")
    parser.add_argument("--summary", action="store_true", help="only print what the file of --rows holds")
    options = parser.parse_args()
    kind = "without renaming" if options.without_renaming else "all transforms"
    names = [
        name
        for name, transform in TRANSFORMS.items()
        if not (options.without_renaming and transform.family == "names")
    ]
    key = f"{kind}, n {options.n}, seed {options.seed}"
    part, parts = map(int, options.shard.split("/"))
    rows = read_rows(options.rows, key)
    done = {row["task"] for row in rows}
    for row, calls, own in () if options.summary else programs(options.show, options.every, (part, parts)):
        if row["task_id"] in done:
            continue
        result = measured(row, calls, own, options.n, options.seed, names)
        rows.append({"settings": key, **result})
        if options.rows:
            with options.rows.open("a") as file:
                file.write(json.dumps(rows[-1]) + "\n")
        for variant in result["variants"] if options.show else ():
            print(f"--- {variant['chain']} {variant['tokenize']:.2f}\n{variant['code']}")
    return summary(kind, rows)


if __name__ == "__main__":
    sys.exit(main())
