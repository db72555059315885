"""Variants of HumanEval's canonical solutions against HumanEval's own checks."""

import json
import os
import random
import signal
from pathlib import Path

import pytest

from variants import TRANSFORMS, Program, compose

FOLDER = Path(os.environ.get("CORE_BENCH_DATA", Path(__file__).parents[3] / "shared" / "data"))
PROBLEMS = FOLDER / "humaneval.jsonl"
pytestmark = pytest.mark.skipif(
    not PROBLEMS.is_file(), reason=f"{PROBLEMS} is not there; set CORE_BENCH_DATA to the folder that holds it"
)
SECONDS = 10


def sample(count: int) -> list[dict[str, str]]:
    problems = [json.loads(line) for line in PROBLEMS.read_text().splitlines()]
    return random.Random(0).sample(problems, count)


def passes(problem: dict[str, str], code: str) -> bool:
    namespace: dict[str, object] = {}
    previous = signal.signal(signal.SIGALRM, _stop)
    signal.alarm(SECONDS)
    try:
        exec(f"{code}\n{problem['test']}\ncheck({problem['entry_point']})\n", namespace)
    except Exception:
        return False
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)
    return True


def _stop(*_: object) -> None:
    raise TimeoutError


def everywhere(name: str, code: str) -> str:
    transform, program = TRANSFORMS[name], Program(code)
    for site in reversed(transform.sites(program)):
        if site not in transform.sites(program):
            continue  # a rewrite below took it away
        parameters = transform.choose(program, site, random.Random(0))
        if parameters is not None:
            program = Program(transform.apply(program, site, parameters).code)
    return program.code


def test_every_variant_passes_the_checks_of_its_problem():
    failed = []
    made = 0
    for problem in sample(16):
        code = problem["prompt"] + problem["canonical_solution"]
        entry_point = problem["entry_point"]
        texts = [everywhere(name, code) for name in sorted(TRANSFORMS)]
        texts += [compose(code, entry_point, [], seed).code for seed in range(2)]
        for text in sorted({*texts} - {code}):
            made += 1
            if not passes(problem, text):
                failed.append((problem["task_id"], text))
    assert failed == []
    assert made > 100
