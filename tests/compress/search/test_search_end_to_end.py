"""Search, compare and pick on a tiny random Llama, from the shell's side."""

import json
import re

import pytest
from typer.testing import CliRunner

from compress.search.strategies import STRATEGIES
from core_bench.cli.main import app
from tests.compress.conftest import write_model


def run(*arguments):
    return CliRunner().invoke(app, ["compress", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    pytest.importorskip("compressed_tensors")
    return write_model(tmp_path_factory.mktemp("search") / "tiny")


@pytest.fixture(autouse=True)
def _own_cache(request, tmp_path, monkeypatch):
    if "smollm2" not in request.fixturenames:  # that lies in the cache
        monkeypatch.setenv("CORE_BENCH_CACHE", str(tmp_path / "cache"))


def test_the_cache_computes_what_carry_out_makes(base):
    import torch

    from compress import read_map, uniform_plan
    from compress.calibration import Passage
    from compress.carry_out import carry_out
    from compress.likelihood import measure
    from compress.search.plan_model import PlanLoss, loss_on

    found = read_map(base)
    passages = [Passage("a", torch.randint(0, 256, (1, 48), generator=torch.Generator().manual_seed(2)))]
    losses = PlanLoss(base, found, loss_on(passages))
    plan = uniform_plan(found, quantiser="clip", attention_bits=3, mlp_bits=2, rank=4, compensation="svd")
    dropped = plan.blocks[1].model_copy(update={"dropped": True})
    plan = plan.model_copy(update={"blocks": (plan.blocks[0], dropped, *plan.blocks[2:])})
    whole = losses(uniform_plan(found), 1)
    assert losses(plan, 1) == pytest.approx(
        measure(carry_out(plan, base, found).model, passages).nll, abs=1e-6
    )
    assert losses(uniform_plan(found), 1) == whole  # nothing of the plan stays behind


def test_search_fronts_pick(base, tmp_path):
    for strategy in ("greedy", "rankadaptor"):
        made = run("search", base, "--strategy", strategy, "--budget", "6bpw", "--evals", 6, "--bits", "3,4",
                   "--ranks", "2,4,8", "--out", tmp_path / strategy, "--windows", 2, "--length", 64)  # fmt: skip
        assert made.exit_code == 0, made.output
        assert "layers taken from the cache" in made.output
    shown = run("fronts", tmp_path / "greedy", tmp_path / "rankadaptor")
    assert shown.exit_code == 0, shown.output
    assert "rankadaptor" in shown.output
    picked = run("pick", tmp_path / "rankadaptor", "--model", base, "--out", tmp_path / "small")
    assert picked.exit_code == 0, picked.output
    assert "loaded again" in picked.output
    again, before = re.search(
        r"text: ([\d.]+) nats per token, ([\d.]+) in the search", picked.output
    ).groups()
    assert float(again) == pytest.approx(float(before), abs=2e-3)
    pattern = json.loads((tmp_path / "small" / "rank_pattern.json").read_text())
    assert pattern["r"] in (2, 4, 8)
    assert set(pattern["rank_pattern"].values()) < {2, 4, 8}
    budget = json.loads((tmp_path / "rankadaptor" / "study.json").read_text())["budget"]
    files = [*(tmp_path / "small").rglob("*.safetensors")]
    assert sum(file.stat().st_size for file in files) <= budget


def test_sensitivities_are_measured_once_and_booked_twice(base, tmp_path):
    asked = ("search", base, "--strategy", "greedy", "--budget", "6bpw", "--evals", 1, "--bits", "3,4",
             "--windows", 1, "--length", 64)  # fmt: skip
    first = run(*asked, "--out", tmp_path / "first")
    assert "sensitivities (kl-bits)" in first.stderr
    cached = [*(tmp_path / "cache" / "importance").glob("kl-bits-*.json")]
    table = json.loads(cached[0].read_text())
    cached[0].write_text(json.dumps(table | {"seconds": 1000.0}))
    second = run(*asked, "--out", tmp_path / "second")
    assert "sensitivities (kl-bits)" not in second.stderr
    rows = [json.loads((tmp_path / n / "evaluations.jsonl").read_text()) for n in ("first", "second")]
    assert rows[0]["loss"] == rows[1]["loss"]
    assert rows[1]["thought"] > 1000


@pytest.mark.parametrize("strategy", [name for name in STRATEGIES if name not in ("greedy", "rankadaptor")])
def test_the_plan_of_every_strategy_reloads(base, tmp_path, strategy):
    made = run("search", base, "--strategy", strategy, "--budget", "6bpw", "--evals", 16, "--bits", "3,8",
               "--tied", "--out", tmp_path / "s", "--windows", 1, "--length", 64)  # fmt: skip
    assert made.exit_code == 0, made.output
    picked = run("pick", tmp_path / "s", "--model", base, "--out", tmp_path / "small")
    assert picked.exit_code == 0, picked.output
    assert "loaded again" in picked.output  # by stock transformers, in a fresh process


@pytest.mark.model
@pytest.mark.vllm
def test_a_searched_plan_computes_the_same_in_vllm(smollm2, tmp_path, vllm_python):
    from compress.verify import verify_folder

    made = run("search", smollm2, "--strategy", "qradaptor", "--budget", "9bpw", "--evals", 4, "--target", "vllm",
               "--bits", "4,8", "--blocks", ",".join(map(str, range(20))), "--out", tmp_path / "s",
               "--windows", 1, "--length", 64)  # fmt: skip
    assert made.exit_code == 0, made.output
    picked = run("pick", tmp_path / "s", "--model", smollm2, "--out", tmp_path / "small")
    assert picked.exit_code == 0, picked.output
    plan = json.loads((tmp_path / "small" / "compress_plan.json").read_text())
    widths = {block[part] for block in plan["blocks"] for part in ("attention_bits", "mlp_bits")}
    assert widths == {4, 8, 16}
    found = verify_folder(tmp_path / "small", "vllm", vllm_python)
    assert found.equal, found


def test_recovery_trains_from_the_error_and_leaves_no_trace(base):
    from compress import Document, read_map, uniform_plan
    from compress.loading import load_tokenizer
    from compress.recovery import RecoverySettings
    from compress.search.plan_model import PlanLoss, loss_on
    from compress.search.recovering import ShortRecovery

    found = read_map(base)
    text = [Document("a", "def add(a, b):\n    return a + b\n" * 40)]
    settings = RecoverySettings(rank=4, tokens=3000, learn="text", length=64, rate=1e-2)
    recovery = ShortRecovery(text, load_tokenizer(base), settings)
    import torch

    from compress.calibration import Passage

    ids = load_tokenizer(base)(text[0].text)["input_ids"][:128]
    losses = PlanLoss(base, found, loss_on([Passage("a", torch.tensor([ids]))]), recovery=recovery)
    low = uniform_plan(found, quantiser="clip", attention_bits=2, mlp_bits=2)
    ranked = uniform_plan(found, quantiser="clip", attention_bits=2, mlp_bits=2, rank=8, compensation="svd")
    before = losses(low, 1), losses(ranked, 1)
    for plan, untrained in zip((low, ranked), before, strict=True):
        assert losses(plan, 2) < untrained - 0.1
    assert (losses(low, 1), losses(ranked, 1)) == before  # nothing of the training stays behind
    assert losses(low, 2) == losses(low, 2)  # the same text in the same order
    with pytest.raises(ValueError, match="fidelity 3"):
        losses(low, 3)
    assert losses.made < losses.asked


def test_gold_and_scores_of_dev_items(base, tmp_path):
    for objective, more in (("gold", ()), ("ws", ("--strategy", "autoqra"))):
        made = run("search", base, "--budget", "4bpw", "--evals", 3, "--out", tmp_path / objective, "--strategy",
                   "random", "--objective", objective, "--items", 6, "--windows", 1, "--length", 64, *more)  # fmt: skip
        assert made.exit_code == 0, made.output
        study = json.loads((tmp_path / objective / "study.json").read_text())
        assert (study["fidelity"], study["below"]) == ((1, 0) if objective == "gold" else (3, 1))
    rows = [json.loads(line) for line in (tmp_path / "ws" / "evaluations.jsonl").read_text().splitlines()]
    assert {row["fidelity"] for row in rows} <= {1, 3}
    assert not any(row["failure"] for row in rows)
    assert all(0 <= row["loss"] <= 1 for row in rows if row["fidelity"] == 3)
    wrong = CliRunner().invoke(app, ["compress", "search", str(base), "--budget", "4bpw", "--out", "x",
                                     "--objective", "nll", "--fidelity", "3"])  # fmt: skip
    assert "not measured at fidelity 3" in str(wrong.exception)


def test_a_model_without_a_block_answers_as_what_is_written_of_it(base):
    from compress import read_map, uniform_plan
    from compress.carry_out import carry_out
    from compress.loading import load_tokenizer
    from core_bench.cli.compress_search_objectives import (
        ObjectiveSpec,
        dev_items,
        gold_score,
        make_objective,
    )

    found = read_map(base)
    spec = ObjectiveSpec(name="ws", suite="core-mini", items=6, windows=1, length=64)
    losses = make_objective(base, found, spec).losses
    plan = uniform_plan(found)
    dropped = plan.blocks[1].model_copy(update={"dropped": True})
    plan = plan.model_copy(update={"blocks": (plan.blocks[0], dropped, *plan.blocks[2:])})
    golds = gold_score(base, load_tokenizer(base), *dev_items("core-mini", 6))
    assert losses(plan, 1) == pytest.approx(golds(carry_out(plan, base, found).model), rel=1e-3)
    assert 0 <= losses(plan, 3) <= 1
    assert losses(uniform_plan(found), 1) == pytest.approx(
        golds(carry_out(uniform_plan(found), base, found).model), rel=1e-3
    )


def test_nothing_is_chosen_on_test_problems():
    from core_bench.cli.compress_search_objectives import dev_items
    from core_bench.suites import load_suite

    suite = load_suite("core-mini")
    test = {item.problem for item in suite.split("test")}
    for most in (0, 4, 16):
        items = dev_items("core-mini", most)[1]
        assert items
        assert not test & {item.problem for item in items}


def test_a_worker_process_helps(base, tmp_path):
    out = tmp_path / "s"
    made = run("search", base, "--strategy", "random", "--budget", "4bpw", "--evals", 6, "--out", out,
               "--windows", 1, "--length", 64, "--workers", 1)  # fmt: skip
    assert made.exit_code == 0, made.output
    assert len((out / "evaluations.jsonl").read_text().splitlines()) == 6
    alone = run("search", base, "--strategy", "random", "--budget", "4bpw", "--evals", 6, "--out",
                tmp_path / "alone", "--windows", 1, "--length", 64)  # fmt: skip
    assert alone.exit_code == 0, alone.output
    plans = [[(row["plan"], row["loss"]) for row in map(json.loads, (place / "evaluations.jsonl").open())]
             for place in (out, tmp_path / "alone")]  # fmt: skip
    assert plans[0] == plans[1]
