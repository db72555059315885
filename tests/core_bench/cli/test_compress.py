"""`core-bench compress` on a tiny decoder, from the shell's side."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from core_bench.cli.main import app
from core_bench.errors import CoreBenchError
from tests.compress.conftest import write_model

RUNNER = CliRunner()


def run(*arguments):
    return RUNNER.invoke(app, ["compress", *map(str, arguments)], catch_exceptions=True)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    pytest.importorskip("compressed_tensors")
    return write_model(tmp_path_factory.mktemp("cli") / "tiny")


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    path = tmp_path_factory.mktemp("text") / "text.py"
    path.write_text("".join(f"def f{n}(x):\n    return x + {n}\n" for n in range(200)))
    return path


SMALL = ("--windows", 4, "--length", 64)


@pytest.fixture(scope="module")
def three_bits(base, text, tmp_path_factory):
    out = tmp_path_factory.mktemp("made") / "three"
    found = run("uniform", base, "--bits", 3, "--drop-blocks", 1, "--calibrate", text, *SMALL, "--out", out)
    assert found.exit_code == 0, found.output
    assert "loaded again" in found.output
    return out


def test_a_prediction_makes_nothing(base, tmp_path):
    found = run(
        "uniform",
        base,
        "--bits",
        4,
        "--plan-only",
        "--save-plan",
        tmp_path / "plan.json",
        "--out",
        tmp_path / "out",
    )
    assert found.exit_code == 0, found.output
    assert "bits per weight  4.265" in found.output
    assert [entry.name for entry in tmp_path.iterdir()] == ["plan.json"]


def test_a_saved_plan_is_applied(base, text, tmp_path):
    run("uniform", base, "--bits", 4, "--plan-only", "--save-plan", tmp_path / "plan.json")
    plan = json.loads((tmp_path / "plan.json").read_text())
    plan["blocks"][1]["mlp_bits"] = 8
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    found = run("apply", base, tmp_path / "plan.json", "--calibrate", text, *SMALL, "--out", tmp_path / "out")
    assert found.exit_code == 0, found.output
    written = json.loads((tmp_path / "out" / "compress_plan.json").read_text())
    assert [block["mlp_bits"] for block in written["blocks"]] == [4, 8, 4, 4]


def test_what_was_written_can_be_inspected_and_verified(three_bits):
    found = run("inspect", three_bits)
    assert "already quantised" in found.output
    found = run("verify", three_bits)
    assert found.exit_code == 0, found.output
    assert "transformers computes" in found.output


def test_a_folder_that_computes_something_else_does_not_verify(three_bits, monkeypatch):
    from compress.likelihood import Likelihood, PassageLoss

    meant = json.loads((three_bits / "compress_manifest.json").read_text())["proof"]["nll"]
    other = Likelihood((PassageLoss("0", (meant + 0.01) * 100, 100),))
    monkeypatch.setattr("compress.verify.reload_likelihoods", lambda *_arguments: [other])
    found = run("verify", three_bits)
    assert isinstance(found.exception, CoreBenchError)
    assert "does not compute what was meant" in str(found.exception)


def test_importance_is_shown_block_by_block(base, text, tmp_path, monkeypatch):
    monkeypatch.setenv("CORE_BENCH_CACHE", str(tmp_path))
    found = run("importance", base, "--measure", "influence", "--calibrate", text, *SMALL)
    assert found.exit_code == 0, found.output
    assert found.output.startswith("influence")
    rows = json.loads(
        run("importance", base, "--measure", "influence", "--calibrate", text, *SMALL, "--json").stdout
    )
    assert [row["block"] for row in rows["rows"]] == [0, 1, 2, 3]


def test_recovering_and_comparing(base, three_bits, tmp_path):
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text("".join(json.dumps({"form": "output", "text": f"f({n}) == {n + 1}\n", "answer_start": 8, "program": "p"}) + "\n" for n in range(40)))  # fmt: skip
    out = tmp_path / "recovered"
    found = run(
        "recover", three_bits, "--corpus", corpus, "--out", out, "--tokens", 400, "--rank", 4, "--batch", 4
    )
    assert found.exit_code == 0, found.output
    assert "nats per learned token" in found.output
    rows = tmp_path / "rows.json"
    found = run("table", base, out, "--limit", 2, "--tokens", 40, "--out", rows, "--cards")
    assert found.exit_code == 0, found.output
    assert (out / "README.md").read_text().count("## Scores") == 1
    assert "## Scores" not in (three_bits / "README.md").read_text()  # no link to what is changed
    assert found.exit_code == 0, found.output
    first, second = json.loads(rows.read_text())
    assert second["bytes"] < first["bytes"]
    assert (first["bits"], len(second["answers"])) == (16.0, 2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("uniform", "nowhere"), "no such model folder"),
        (("uniform", "{base}", "--bits", 5, "--plan-only"), "attention_bits"),
        (("uniform", "{base}", "--group-size", 48, "--plan-only"), "48 does not divide"),
        (("uniform", "{base}", "--drop-blocks", 4, "--plan-only"), "drops every block"),
        (("uniform", "{base}", "--bits", 3, "--target", "vllm", "--plan-only"), "do not run in vLLM"),
        (("uniform", "{base}"), "where should it be written"),
        (("uniform", "{base}", "--out", "{base}"), "is there already"),
        (("uniform", "{base}", "--kv-groups", 3, "--plan-only"), "3 KV groups cannot be kept"),
        (("apply", "{base}", "nowhere.json"), "cannot be read"),
        (("importance", "{base}", "--measure", "vibes"), "there is no measure"),
        (("verify", "{base}"), "has no proof to repeat"),
        (("recover", "{base}", "--corpus", "nowhere.jsonl", "--out", "x"), "cannot be read"),
        (("recover", "{base}", "--corpus", "stdlib", "--out", "x", "--ranks", "a"), "cannot be read"),
    ],
)
def test_bad_input_is_said_to_a_person(base, arguments, words):
    found = run(*(str(argument).replace("{base}", str(base)) for argument in arguments))
    assert isinstance(found.exception, CoreBenchError), found.output
    assert words in str(found.exception)


def test_importing_the_package_loads_no_heavy_library():
    script = "import sys, compress; print(sorted({'torch', 'transformers', 'peft', 'scipy', 'numpy'} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", script], text=True) == "[]\n"
