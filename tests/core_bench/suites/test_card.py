"""The card: its figures against plain counting of the same files, and its forms."""

import ast
import json
import subprocess
import sys
from collections import Counter
from itertools import combinations

import pytest

from core_bench.suites import load_suite
from core_bench.suites.card import card_of, card_rows, markdown, run_figures
from core_bench.suites.card.figures import Spread
from core_bench.suites.card.measures import tree_distance
from tracer import parse_arguments

CLI = (sys.executable, "-m", "core_bench.cli")


@pytest.fixture(scope="module")
def mini():
    return load_suite("core-mini")


@pytest.fixture(scope="module")
def runs(mini, tmp_path_factory):
    return run_figures(mini, cache=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def card(mini, runs):
    return card_of(mini, runs)


def test_the_counts_are_those_of_the_files(mini, card):
    assert card.counts["probes"] == len(mini.probes) == sum(card.kinds.values())
    assert sum(card.families.values()) == len(mini.implementations)
    assert sum(card.dimension_overlaps.values()) == len(mini.probes)
    assert sum(n * int(size) for size, n in card.dimensions_per_probe.items()) == sum(
        card.dimensions.values()
    )
    assert card.hash == mini.hash
    assert set(card.files) == {"problems.jsonl", "implementations.jsonl", "samples.jsonl", "probes.jsonl"}
    assert {problem.licence for problem in card.problems} == {"Apache-2.0"}
    assert sum(problem.samples for problem in card.problems) == len(mini.samples)
    assert "no literal" not in card.gold_types


def test_pairs_are_all_pairs_within_a_problem(mini, card):
    programs = Counter(program.problem for program in mini.implementations)
    assert card.pairs.tokenize.n == sum(len(list(combinations(range(n), 2))) for n in programs.values())
    assert 0 <= card.pairs.tokenize.least <= card.pairs.tokenize.mean <= card.pairs.tokenize.most <= 1
    assert 0 <= card.pairs.within_limit <= 1


def test_the_distance_of_trees_sees_structure_and_not_names():
    loop = "def f(xs):\n    total = 0\n    for x in xs:\n        total += x\n    return total\n"
    renamed = loop.replace("total", "t").replace("xs", "given")
    other = "def f(xs):\n    return sum(x for x in xs)\n"
    assert tree_distance(loop, loop) == tree_distance(loop, renamed) == 0
    assert 0.3 < tree_distance(loop, other) == tree_distance(other, loop) < 1


def test_spreads():
    assert Spread.of([]) == Spread(n=0, least=0, median=0, mean=0, most=0)
    assert Spread.of([3, 1, 2, 6]) == Spread(n=4, least=1, median=2.5, mean=3, most=6)


def test_line_coverage_is_what_a_plain_trace_function_sees(mini, runs):
    """Of every fifth program, by a settrace of this test."""
    entry_points = {problem.id: problem.entry_point for problem in mini.problems}
    programs = [p for p in mini.implementations if any(s.implementation == p.id for s in mini.samples)]
    checked = 0
    for number, program in enumerate(programs):
        if number % 5 or any(word in program.code for word in ("while True", "try:", "yield", "match ")):
            continue
        seen = set()

        def watch(frame, event, arg, seen=seen):
            if frame.f_code.co_filename != "<here>":
                return None
            seen.add(frame.f_lineno)
            return watch

        scope = {}
        exec(compile(program.code, "<here>", "exec"), scope)
        for sample in mini.samples:
            if sample.implementation == program.id:
                given = parse_arguments(sample.input)
                sys.settrace(watch)
                try:
                    scope[entry_points[program.problem]](*given.positional, **given.keyword)
                finally:
                    sys.settrace(None)
        bodies = [f for f in ast.walk(ast.parse(program.code)) if isinstance(f, ast.FunctionDef)]
        lines = {
            node.lineno
            for body in bodies
            for statement in body.body
            for node in ast.walk(statement)
            if isinstance(node, ast.stmt) and not isinstance(node, ast.Pass | ast.Continue | ast.Break)
        }
        assert runs.all_lines[number] == pytest.approx(len(lines & seen) / len(lines), abs=1e-4), program.id
        checked += 1
    assert checked >= 5


def test_what_was_run_once_is_kept(mini, runs, tmp_path):
    calls = []
    first = run_figures(mini, lambda done, total: calls.append(done), cache=tmp_path)
    assert len(calls) > 100
    assert first == runs
    calls.clear()
    assert run_figures(mini, lambda done, total: calls.append(done), cache=tmp_path) == first
    assert calls == []
    [file] = (tmp_path / "cards").iterdir()
    file.write_text(file.read_text()[:50])  # torn
    assert run_figures(mini, cache=tmp_path) == first


def test_every_form_says_the_same(card):
    text = markdown(card)
    for what, figure in card_rows(card):
        if what:
            assert f"| {what} | {figure} |" in text
    assert f"| problems | {len(card.problems)} | 60 |" in text
    assert text.count("| Apache-2.0 |") == len(card.problems)
    assert json.loads(card.model_dump_json())["counts"] == card.counts


def run(*options, cwd, **environment):
    return subprocess.run(
        [*CLI, "suite", "info", *options],
        cwd=cwd,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_prints_text_json_and_markdown_and_draws(mini, tmp_path):
    cache = str(tmp_path / "cache")
    shown = run("--plots", "plots", cwd=tmp_path, CORE_BENCH_CACHE=cache)
    assert shown.returncode == 0
    assert "published CoRE" in shown.stdout
    assert mini.hash in shown.stdout
    pictures = sorted((tmp_path / "plots").iterdir())
    assert len(pictures) == 9
    assert all(picture.read_bytes().startswith(b"\x89PNG") for picture in pictures)
    data = json.loads(run("--json", cwd=tmp_path, CORE_BENCH_CACHE=cache).stdout)
    assert data["runs"]["steps"]["n"] == len(mini.samples)
    fast = run("--markdown", "--no-runs", cwd=tmp_path, CORE_BENCH_CACHE=str(tmp_path / "other"))
    assert fast.stdout.startswith("# core-mini 1\n")
    assert "line coverage" not in fast.stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["absent"], "there is no suite absent"),
        (["--json", "--markdown"], "either as JSON or as Markdown"),
        (["--no-runs", "--plots", "/proc/plots"], "cannot be made"),
    ],
)
def test_bad_input_is_named(options, message, tmp_path):
    done = run(*options, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
