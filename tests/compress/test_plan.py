import json

import pytest

from compress.errors import PlanError
from compress.plan import BlockPlan, Plan, check_plan, differences, read_plan, uniform_plan


def plan_of(base_map, *blocks, **settings):
    return Plan(base=base_map.base, model_type="llama", blocks=blocks, **settings)


def test_a_plan_survives_its_file(base_map, tmp_path):
    plan = plan_of(
        base_map,
        BlockPlan(mlp_bits=3),
        BlockPlan(dropped=True),
        BlockPlan(kv_groups=(1,)),
        seeds={"order": 3},
    )
    path = tmp_path / "plan.json"
    path.write_text(plan.to_json())
    assert read_plan(path) == plan
    assert read_plan(path).hash() == plan.hash()
    lines = path.read_text().splitlines()
    assert sum(line.startswith("  {") for line in lines) == len(json.loads(path.read_text())["blocks"])


def test_the_hash_sees_every_field(base_map):
    plan = uniform_plan(base_map, attention_bits=4, mlp_bits=4)
    others = [
        uniform_plan(base_map, attention_bits=4, mlp_bits=3),
        uniform_plan(base_map, attention_bits=4, mlp_bits=4, group_size=32),
        uniform_plan(base_map, attention_bits=4, mlp_bits=4, quantiser="rtn"),
        plan.model_copy(update={"seeds": {"calibration": 1}}),
    ]
    assert len({p.hash() for p in [plan, *others]}) == 5


def test_differences_name_the_field(base_map):
    plan = uniform_plan(base_map, attention_bits=4, mlp_bits=4)
    changed = plan.blocks[2].model_copy(update={"mlp_bits": 3, "ffn_channels": (0, 5)})
    other = plan.model_copy(update={"blocks": (*plan.blocks[:2], changed, plan.blocks[3])})
    assert differences(plan, other) == ["blocks.2.ffn_channels: None -> [0, 5]", "blocks.2.mlp_bits: 4 -> 3"]
    assert differences(plan, plan) == []


def test_a_plan_cannot_be_changed(base_map):
    with pytest.raises(ValueError, match="frozen"):
        uniform_plan(base_map).target = "vllm"


def bad_plans(m):
    whole = BlockPlan()
    return {
        "another model": (Plan(base="0" * 64, model_type="llama", blocks=(whole,) * 4), "for another model"),
        "too few blocks": (plan_of(m, whole), "has 1 blocks, the model 4"),
        "drops everything": (plan_of(m, *(BlockPlan(dropped=True),) * 4), "drops every block"),
        "group size": (uniform_plan(m, mlp_bits=4, group_size=48), "48 does not divide the 64 inputs"),
        "group size after pruning": (uniform_plan(m, mlp_bits=4, ffn_width=100), "64 does not divide the 100 inputs"),
        "too wide": (uniform_plan(m, ffn_width=193), "has 192 channels"),
        "no such channel": (uniform_plan(m, ffn_channels=(0, 192)), "has 192 channels"),
        "no such group": (uniform_plan(m, kv_groups=(2,)), "there are 2 KV groups"),
        "groups differ": (plan_of(m, BlockPlan(kv_groups=(0,)), whole, whole, whole), "different numbers of KV groups"),
        "widths differ": (plan_of(m, BlockPlan(ffn_width=64), whole, whole, whole), "custom_code"),
        "vllm and 3 bits": (uniform_plan(m, mlp_bits=3, target="vllm"), "3 bits do not run in vLLM"),
        "vllm and zero points": (uniform_plan(m, mlp_bits=4, symmetric=False, target="vllm"), "symmetric weights only"),
        "rank": (uniform_plan(m, mlp_bits=4, rank=65), "rank 65"),
    }  # fmt: skip


@pytest.mark.parametrize("case", ["another model", "too few blocks", "drops everything", "group size", "group size after pruning",
    "too wide", "no such channel", "no such group", "groups differ", "widths differ", "vllm and 3 bits", "vllm and zero points", "rank"])  # fmt: skip
def test_a_plan_that_cannot_be_carried_out_is_refused(base_map, case):
    plan, words = bad_plans(base_map)[case]
    with pytest.raises(PlanError, match=words):
        check_plan(plan, base_map)


@pytest.mark.parametrize(
    ("text", "words"),
    [("{", "is no plan"), ('{"base": "x"}', "model_type"), ('{"base":"x","model_type":"llama","blocks":[{"mlp_bits":5}]}', r"blocks\.0\.mlp_bits")],
)  # fmt: skip
def test_a_broken_file_is_named_with_its_field(tmp_path, text, words):
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(PlanError, match=words):
        read_plan(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(PlanError, match=r"none\.json cannot be read"):
        read_plan(tmp_path / "none.json")


def test_an_impossible_setting_is_named(base_map):
    with pytest.raises(PlanError, match="mlp_bits"):
        uniform_plan(base_map, mlp_bits=5)
