"""Does lm-evaluation-harness, running our exported task, get from a model what our own run gets?

    python -m venv /tmp/lmeval-env
    /tmp/lmeval-env/bin/pip install "lm-eval[hf]==0.4.13" -e .
    python -m benchmarks.adapters_parity /tmp/lmeval-env/bin/lm_eval --limit 24

Both ask SmolLM2-135M the first items of core-mini lite with the method `io`, greedily, one prompt at a time,
in float32. Shown are: how many replies are the same text, how many verdicts differ, and every metric twice.
Exit code 1 if a verdict or a metric differs where the replies are the same.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

from core_bench.adapters.questions import questions
from core_bench.models import resolve
from core_bench.records import Reply, Verdict

MODEL = "smollm2-135m"
METRICS = ("acc", "I", "I_s", "W", "W_s", "RCS", "Cons", "samples", "probes")


def our_run(out: Path, limit: int) -> tuple[dict[str, Reply], dict[str, Verdict], dict[str, float | None]]:
    """Run core-bench; return item -> reply, item -> verdict, and the metrics."""
    command = ["run", "--model", MODEL, "--split", "lite", "--method", "io", "--shape", "completion"]
    command += ["--limit", str(limit), "--dtype", "fp32", "--batch-size", "1", "--out", str(out)]
    subprocess.run([sys.executable, "-m", "core_bench.cli", *command], check=True, stdout=sys.stderr)
    replies = [Reply.model_validate_json(line) for line in (out / "replies.jsonl").read_text().splitlines()]
    rows = [Verdict.model_validate_json(line) for line in (out / "verdicts.jsonl").read_text().splitlines()]
    summary = json.loads((out / "summary.json").read_text())
    metrics = {name: summary[name]["value"] for name in METRICS if name in summary}
    metrics["acc"] = sum(row.verdict == "correct" for row in rows) / len(rows)
    return {row.item: row for row in replies}, {row.item: row for row in rows}, metrics


def their_run(
    lm_eval: str, out: Path, limit: int
) -> tuple[dict[str, str], dict[str, str], dict[str, float | None]]:
    """Export the tasks and run the harness; return item -> text, item -> verdict, and the metrics."""
    tasks = out / "tasks"
    export = ["suite", "export", "core-mini", "--format", "lm-eval", "--out", str(tasks)]
    subprocess.run([sys.executable, "-m", "core_bench.cli", *export], check=True, stdout=sys.stderr)
    command = [lm_eval, "--include_path", str(tasks), "--tasks", "core_mini_lite_io", "--model", "hf"]
    command += ["--model_args", f"pretrained={resolve(MODEL)},dtype=float32", "--device", "cpu"]
    command += [
        "--batch_size",
        "1",
        "--limit",
        str(limit),
        "--log_samples",
        "--output_path",
        str(out / "log"),
    ]
    subprocess.run(command, check=True, stdout=sys.stderr)
    (samples,) = (out / "log").rglob("samples_core_mini_lite_io_*.jsonl")
    (results,) = (out / "log").rglob("results_*.json")
    rows = [json.loads(line) for line in samples.read_text().splitlines()]
    told = json.loads(results.read_text())["results"]["core_mini_lite_io"]
    return (
        {row["doc"]["id"]: row["resps"][0][0] for row in rows},
        {row["doc"]["id"]: row["I"][-1] for row in rows},
        {name: told[f"{name},none"] for name in METRICS},
    )


def main() -> None:
    """Run both and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("lm_eval", help="the program lm_eval, of an environment that has core-bench, too")
    parser.add_argument("--limit", type=int, default=24)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        replies, verdicts, ours = our_run(Path(folder) / "ours", options.limit)
        texts, judged, theirs = their_run(options.lm_eval, Path(folder) / "theirs", options.limit)
    assert replies.keys() == texts.keys(), "the two asked different items"
    asked = questions("core-mini", "lite", "io", "completion")
    same = [item for item, reply in replies.items() if asked.reply(item, texts[item]).text == reply.text]
    # a harness cannot tell that a reply was cut: what is `truncated` here is some other miss there
    differ = [
        item
        for item in same
        if (verdicts[item].verdict == "correct") != (judged[item] == "correct")
        or (verdicts[item].verdict not in (judged[item], "truncated"))
    ]
    print(
        f"{len(replies)} items: {len(same)} replies are the same text; {len(differ)} of their verdicts differ"
    )
    for item in replies.keys() - set(same):
        print(f"  {item}: ours {replies[item].text!r}, theirs {texts[item]!r}")
    for name in METRICS:
        print(f"  {name:8} ours {ours[name]!s:22} theirs {theirs[name]!s}")
    alike = len(same) < len(replies) or all(_same(ours[name], theirs[name]) for name in METRICS)
    sys.exit(bool(differ) or not alike)


def _same(one: float | None, other: float | None) -> bool:
    """Tell whether two metrics are one number; over nothing ours is None and theirs is NaN."""
    left, right = (float("nan") if value is None else value for value in (one, other))
    return math.isclose(left, right, abs_tol=1e-9) or (math.isnan(left) and math.isnan(right))


if __name__ == "__main__":
    main()
