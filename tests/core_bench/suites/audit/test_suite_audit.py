"""Every rule of the audit is broken once, on a small suite built for real; an untouched one has no faults."""

import json
import shutil
import signal
import subprocess
import sys

import pytest

from core_bench.data_folder import data_folder
from core_bench.errors import CoreBenchError
from core_bench.suites import load_suite
from core_bench.suites.audit import RULES, audit_suite
from core_bench.suites.build import Recipe, build_suite
from core_bench.suites.problems import read_problems
from core_bench.suites.suite import Suite, file_texts, sha256

CLI = (sys.executable, "-m", "core_bench.cli")


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    problems = tmp_path_factory.mktemp("problems")
    for name in ("moor_boats", "hen_walk"):
        shutil.copytree(data_folder() / "problems" / name, problems / name)
    sources = read_problems(problems, origin="test", licence="Apache-2.0")
    few = {
        "tests": 2,
        "drawn": 4,
        "mutants": 4,
        "reference_variants": 1,
        "alternate_variants": 0,
        "probes": 3,
    }
    return build_suite(sources, Recipe(name="two", version="1", description="two problems", **few))


def altered(suite, part, number=0, **changes):
    """Return the suite with one row changed and its hashes made right again, as a forger would."""
    parts = {name: getattr(suite, name) for name in ("problems", "implementations", "samples", "probes")}
    rows = list(parts[part])
    rows[number] = rows[number].model_copy(update=changes)
    parts[part] = tuple(rows)
    files = {name: sha256(text) for name, text in file_texts(**parts).items()}
    return Suite(suite.header.model_copy(update={"files": files}), **parts)


def broken(suite, **options):
    return {fault.rule for fault in audit_suite(suite, **options).faults}


def test_a_suite_as_it_was_built_has_no_faults(suite):
    findings = audit_suite(suite, chains=True)
    assert findings.faults == ()
    ours = {rule for rule, count in findings.checked.items() if count}
    assert ours >= set(RULES) - {"shared"}
    assert findings.checked["sample gold"] == len(suite.samples)
    assert findings.checked["probe gold"] == len(suite.probes)


@pytest.mark.parametrize(
    ("part", "changes", "rule"),
    [
        ("samples", {"gold": "[99]"}, "sample gold"),
        ("samples", {"gold": "[ 0]"}, "literal"),
        ("probes", {"gold": "4711"}, "probe gold"),
        ("probes", {"gold": "print()"}, "literal"),
        ("probes", {"question": "What is it?"}, "question"),
        ("probes", {"question": "What is it?"}, "type"),
        ("probes", {"phrasing": "song"}, "question"),
        ("probes", {"dimensions": ()}, "dimensions"),
        ("probes", {"shared": "alone"}, "shared"),
        ("probes", {"implementation": "nobody"}, "references"),
        ("samples", {"input": "1, 2"}, "references"),
        ("implementations", {"problem": "nothing"}, "references"),
        ("problems", {"id": "other"}, "references"),
    ],
)
def test_a_changed_row_breaks_its_rule(suite, part, changes, rule):
    assert rule in broken(altered(suite, part, **changes))


def test_a_query_that_execution_refuses_names_the_rule(suite):
    probe = next(probe for probe in suite.probes if hasattr(probe.query, "occurrence"))
    number = suite.probes.index(probe)
    from dataclasses import replace

    assert "executed" in broken(altered(suite, "probes", number, query=replace(probe.query, occurrence=500)))
    if hasattr(probe.query, "name"):
        wrong = replace(probe.query, name="nothing")
        assert "premise" in broken(altered(suite, "probes", number, query=wrong))


def test_another_program_is_not_equivalent_and_not_what_its_chain_makes(suite):
    number, program = next(
        (number, program)
        for number, program in enumerate(suite.implementations)
        if program.family == "variant"
    )
    problem = next(problem for problem in suite.problems if problem.id == program.problem)
    changed = f"{program.code}\n\ndef {problem.entry_point}(*given):\n    return 'something else'\n"
    assert {"equivalent", "provenance"} <= broken(
        altered(suite, "implementations", number, code=changed), chains=True
    )


def test_a_program_that_never_ends_or_depends_on_the_hash_seed_is_named(suite):
    entry = suite.problems[0].entry_point
    number = next(n for n, p in enumerate(suite.implementations) if p.problem == suite.problems[0].id)
    by_hash = f"def {entry}(*a):\n    return [*{{'a', 'b', 'c', 'd', 'e', 'f'}}]\n"
    assert "deterministic" in broken(altered(suite, "implementations", number, code=by_hash))
    dying = f"def {entry}(*a):\n    import os\n    os._exit(3)\n"
    assert "runs" in broken(altered(suite, "implementations", number, code=dying))


def test_wrong_splits_counts_and_repetitions_are_named(suite):
    side = "dev" if suite.problems[0].split == "test" else "test"
    assert "split" in broken(altered(suite, "problems", split=side))
    header = suite.header.model_copy(update={"counts": {**suite.header.counts, "probes": 1}})
    assert broken(Suite(header, *parts(suite))) == {"counts"}
    twice = Suite(
        suite.header, suite.problems, suite.implementations, suite.samples, (*suite.probes, suite.probes[0])
    )
    assert {"ids", "counts", "distinct"} <= broken(twice)


def parts(suite):
    return suite.problems, suite.implementations, suite.samples, suite.probes


def test_a_suite_of_another_minor_is_refused(suite):
    header = suite.header.model_copy(update={"python": "3.9"})
    with pytest.raises(CoreBenchError, match=r"was built on Python 3\.9"):
        audit_suite(Suite(header, *parts(suite)))


def run(*options, cwd):
    return subprocess.run(
        [*CLI, "suite", "audit", *options], cwd=cwd, capture_output=True, text=True, check=False
    )


def test_the_command_tells_by_its_exit_code_and_its_file(suite, tmp_path):
    suite.save(tmp_path / "good")
    done = run("good", "--json", "out/good.json", cwd=tmp_path)
    assert (done.returncode, done.stdout.splitlines()[-1][-8:]) == (0, "0 faults")
    assert json.loads((tmp_path / "out" / "good.json").read_text())["faults"] == []

    altered(suite, "samples", gold="[99]").save(tmp_path / "forged")
    done = run("forged", "--json", "forged.json", cwd=tmp_path)
    assert done.returncode == 1
    assert f"sample gold: {suite.samples[0].id}: execution gives {suite.samples[0].gold}" in done.stdout
    [fault] = json.loads((tmp_path / "forged.json").read_text())["faults"]
    assert fault["rule"] == "sample gold"
    assert "Traceback" not in done.stderr


def test_a_hand_edited_gold_is_refused(suite, tmp_path):
    suite.save(tmp_path / "edited")
    file = tmp_path / "edited" / "samples.jsonl"
    file.write_text(file.read_text().replace(f'"gold":"{suite.samples[0].gold}"', '"gold":"0"', 1))
    done = run("edited", cwd=tmp_path)
    assert done.returncode == 2
    assert "was changed after the suite was built" in done.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["absent"], "there is no suite absent"),
        (["."], "is no suite"),
        (["--path", "x.json"], "--path goes with --source core"),
        (["core-mini", "--source", "core"], "cannot be audited at once"),
        (["--source", "core"], "Give it with --path"),
        (["core-mini", "--json", "."], "is a folder"),
    ],
)
def test_bad_input_is_named(options, message, tmp_path):
    done = run(*options, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_the_names_of_shipped_suites_can_be_audited():
    assert load_suite("core-mini").header.name == "core-mini"


def test_ctrl_c_ends_it_at_once_without_a_traceback(tmp_path):
    command = [*CLI, "suite", "audit", "core-mini", "--chains"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        assert "auditing: 0/" in running.stderr.readline()
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "Stopped" in said
    assert "Traceback" not in said


def test_a_gold_that_one_observer_alone_gives_is_a_fault(suite, monkeypatch):
    from core_bench.suites.audit import execution
    from tracer import Refusal

    for reason in ("observers differ", "unconfirmed"):
        monkeypatch.setattr(
            execution,
            "evaluate",
            lambda query, trace, reason=reason: Refusal(reason, "recorded: 1; other: 2"),
        )
        faults = {fault.subject: fault for fault in audit_suite(suite).faults}
        asked = [
            probe.id
            for probe in suite.probes
            if probe.query.kind not in ("expression_value", "operand_outcome")
        ]
        assert asked
        for name in asked:
            assert (faults[name].rule, faults[name].detail) == (
                "observers",
                f"{reason}: recorded: 1; other: 2",
            )
