"""Search, compare and pick on a tiny random Llama, from the shell's side."""

import json

import pytest
from typer.testing import CliRunner

from core_bench.cli.main import app
from tests.compress.conftest import write_model


def run(*arguments):
    return CliRunner().invoke(app, ["compress", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    pytest.importorskip("compressed_tensors")
    return write_model(tmp_path_factory.mktemp("search") / "tiny")


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
    for strategy in ("greedy", "qradaptor"):
        made = run("search", base, "--strategy", strategy, "--budget", "4bpw", "--evals", 8, "--out",
                   tmp_path / strategy, "--windows", 2, "--length", 64)  # fmt: skip
        assert made.exit_code == 0, made.output
    shown = run("fronts", tmp_path / "greedy", tmp_path / "qradaptor")
    assert shown.exit_code == 0, shown.output
    assert "qradaptor" in shown.output
    picked = run("pick", tmp_path / "qradaptor", "--model", base, "--out", tmp_path / "small")
    assert picked.exit_code == 0, picked.output
    assert "loaded again" in picked.output
    budget = json.loads((tmp_path / "qradaptor" / "study.json").read_text())["budget"]
    assert (tmp_path / "small" / "model.safetensors").stat().st_size <= budget
