"""Throws broken replies at the scorer: no crash, no slow one, no `correct` that a strict oracle denies.

    python -m benchmarks.scoring_fuzz [--replies 100000] [--seed 0]

Four fifths are mutations of real replies (those of `benchmarks.scoring_speed`, and published CRUXEval
generations where CORE_BENCH_DATA has them), one fifth comes from hypothesis. The oracle reads the answer that
the verdict names on its own: with `json`, or with Python after every node was found to be a constant, a
container, an operator or a harmless constructor; and it compares types at every level. Times are CPU times,
the best of three where the first is over the limit.
"""

import argparse
import ast
import gc
import json
import math
import os
import random
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from benchmarks.scoring_speed import replies as dressed
from core_bench.methods import AnswerPlace
from core_bench.records import Reply, VerdictKind
from core_bench.scoring import judge
from core_bench.suites import load_suite

SLOW_S = 0.05
PIECES = (
    "[ANSWER]", "[/ANSWER]", "[THOUGHT]", "[/THOUGHT]", "<think>", "</think>", "<reasoning>", "</reasoning>",
    "assert ", " == ", "f(1)", "[1, 2]", "'a", '"', "(", ")", "[", "]", "{", "}", "```python\n", "```\n",
    "\n",
    "\\", "\0", "é", "\u2028", "\x0c", "#", "1e999", "-0.0", "float('nan')", "lambda: 1", '{"answer": ',
    " or True",
    "9" * 5_000, "[" * 300, "(" * 3_000, "-" * 2_000 + "1", "1+" * 1_000 + "1", "2**2**2**9", '"a" * 99999',
    "[0] * 10**9", "{[]}", "True", "1", "1.0", "None", "<script>alert(1)</script>",
    "__import__('os').system('x')",
    "class A:\n    def __eq__(self, other): return True\n", "A()", "A(x=1)", "__eq__", ", 'message'",
    "  # note", "**{}",
    "dict(a=1)", "'%s' % 1", "f'{1}'", "b'\\x00'", "0x10", "1_000", "{1: 2, **{}}", "...", "\ud800",
    "{" + ", ".join(str(number * (2**61 - 1)) for number in range(700)) + "}", "[ANSWER]" * 2_000,
    "```\n" * 2_000,
    "<think>" * 2_000, '"answer":' * 2_000, "assert x\n" * 2_000, "{" * 5_000, "not " * 3_000, "a." * 5_000,
)  # fmt: skip


@dataclass
class Findings:
    """What was seen."""

    replies: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    crashes: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    slowest_s: float = 0.0
    slowest: str = ""

    @property
    def clean(self) -> bool:
        """Tell whether nothing is wrong."""
        return not (self.crashes or self.slow or self.denied)

    def score(self, text: str, gold: str, place: AnswerPlace, finish: str) -> None:
        """Judge one reply and hold the scorer to its promises."""
        reply = Reply(item="x", method="io", text=text, finish=finish)
        self.replies += 1
        begin = time.thread_time()
        try:
            verdict = judge(reply, gold, place)
        except Exception as error:  # whatever it is, it is a finding
            self.crashes.append(f"{type(error).__name__}: {error}: {text[:200]!r}")
            return
        seconds = time.thread_time() - begin
        for _ in range(2):  # what the garbage collector did to all of this process is not the reply's doing
            if seconds > SLOW_S:
                begin = time.thread_time()
                judge(reply, gold, place)
                seconds = min(seconds, time.thread_time() - begin)
        if seconds > self.slowest_s:
            self.slowest_s, self.slowest = seconds, text
        self.verdicts[verdict.verdict.value] += 1
        if seconds > SLOW_S:
            self.slow.append(f"{seconds:.3f} s: {len(text)} characters: {text[:200]!r}")
        if verdict.span is not None and text[slice(*verdict.span)][:500] != (verdict.answer or "")[:500]:
            self.denied.append(f"the span is wrong: {verdict}")
        if verdict.verdict is VerdictKind.CORRECT and not confirmed(verdict.answer or "", gold):
            self.denied.append(f"{verdict.answer!r} is not {gold}: {text[:200]!r}")


_HARMLESS = (
    ast.Expression, ast.Constant, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.BinOp, ast.UnaryOp,
    ast.operator, ast.unaryop, ast.Load,
)  # fmt: skip


def confirmed(answer: str, gold: str) -> bool:
    """Tell whether the oracle finds the answer equal to the gold, in value and in all types."""
    known = _read(gold)
    return any(_same(value, known) for value in _readings(answer))


def _readings(answer: str) -> Iterator[object]:
    for reader in (_read, json.loads, lambda text: _read(json.loads(text))):
        try:
            yield reader(answer)
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError, ArithmeticError):
            continue


def _read(text: str) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # In brackets an expression may go over several lines, as it may in a reply.
        tree = ast.parse(f"({text}\n)", mode="eval")
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                break
            if not isinstance(node, _HARMLESS):
                raise ValueError(type(node).__name__)
        else:
            return eval(compile(tree, "answer", "eval"), {"__builtins__": {}})
    allowed = {
        "set": set,
        "dict": dict,
        "float": float,
        "frozenset": frozenset,
        "range": range,
        "bytearray": bytearray,
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and not (isinstance(node.func, ast.Name) and node.func.id in allowed):
            raise ValueError("a call")
        if not isinstance(node, (*_HARMLESS, ast.Call, ast.Name, ast.keyword)):
            raise ValueError(type(node).__name__)
    return eval(compile(tree, "answer", "eval"), {"__builtins__": {}, **allowed})


def _same(left: object, right: object) -> bool:
    if type(left) is not type(right):
        return False
    if isinstance(left, float) and isinstance(right, float):
        return left == right or (math.isnan(left) and math.isnan(right))
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(map(_same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return len(left) == len(right) and all(
            any(_same(key, other) and _same(left[key], right[other]) for other in right) for key in left
        )
    if isinstance(left, set | frozenset) and isinstance(right, set | frozenset):
        return len(left) == len(right) and all(any(_same(one, other) for other in right) for one in left)
    return left == right


def real_replies() -> list[tuple[str, str, AnswerPlace]]:
    """Return (text, gold, place) of replies to start from."""
    suite = load_suite("core-mini")
    found: list[tuple[str, str, AnswerPlace]] = [
        (reply.text, suite.golds[reply.item], "tagged") for reply in dressed(suite, 1_000)
    ]
    found += [(f" {gold}", gold, "start") for gold in sorted(suite.golds.values())[::3]]
    folder = Path(os.environ.get("CORE_BENCH_DATA", "../shared/data"))
    if (folder / "cruxeval.jsonl").is_file():
        golds = {row["id"]: row["output"] for row in map(json.loads, (folder / "cruxeval.jsonl").open())}
        for file in sorted((folder / "cruxeval_generations").glob("*output.json")):
            for name, texts in json.loads(file.read_text())["raw_generations"].items():
                found.append((f" {texts[0]}", golds[name], "start"))
    return found


def mutated(rng: random.Random, text: str, others: list[tuple[str, str, AnswerPlace]]) -> str:
    """Break a reply at one to four places."""
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        place, other = sorted((rng.randrange(len(text) + 1), rng.randrange(len(text) + 1)))
        match rng.randrange(8):
            case 0:
                text = text[:place] + text[other:]
            case 1 | 2:
                text = text[:place] + rng.choice(PIECES) + text[place:]
            case 3:
                text = text[:place]
            case 4:
                text = text[:other] + text[place:other] * rng.choice((2, 3, 50)) + text[other:]
            case 5:
                text = (
                    text[:place]
                    + chr(rng.choice((0, 9, 10, 34, 39, 40, 41, 91, 93, 0x2028, 0xE9, rng.randrange(0xD800))))
                    + text[place + 1 :]
                )
            case 6:
                text = rng.choice(others)[0][: rng.randrange(1, 60)] + text
            case 7:
                text = text + rng.choice(PIECES)
        text = text[:60_000]
    return text


def fuzz(count: int, start: int = 0) -> Findings:
    """Score `count` broken replies."""
    findings = Findings()
    sources = real_replies()
    gc.collect()
    gc.freeze()  # what this harness holds is not the scorer's to clean up
    rng = random.Random(start)
    for _ in range(count - count // 5):
        text, gold, place = rng.choice(sources)
        findings.score(
            mutated(rng, text, sources),
            gold,
            rng.choice((place, place, "start", "tagged")),
            rng.choice(("stop", "stop", "length")),
        )
    golds = sorted({gold for _, gold, _ in sources if len(gold) < 200})

    @seed(start)
    @settings(
        max_examples=max(1, count // 5),
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        st.lists(st.sampled_from(PIECES) | st.text(max_size=6) | st.sampled_from(golds), max_size=12),
        st.sampled_from(golds),
        st.sampled_from(("start", "tagged")),
        st.sampled_from(("stop", "length")),
    )
    def from_hypothesis(parts: list[str], gold: str, place: AnswerPlace, finish: str) -> None:
        findings.score("".join(parts), gold, place, finish)

    from_hypothesis()
    return findings


def main() -> None:
    """Print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replies", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    found = fuzz(arguments.replies, arguments.seed)
    print(f"{found.replies} replies: {dict(found.verdicts.most_common())}")
    print(
        f"crashes {len(found.crashes)}, over {1000 * SLOW_S:.0f} ms {len(found.slow)}, "
        f"denied {len(found.denied)}"
    )
    print(
        f"slowest: {1000 * found.slowest_s:.1f} ms of CPU, {len(found.slowest)} characters: "
        f"{found.slowest[:90]!r}"
    )
    for line in (*found.crashes[:10], *found.slow[:10], *found.denied[:10]):
        print(f"  {line}")
    raise SystemExit(0 if found.clean else 1)


if __name__ == "__main__":
    main()
