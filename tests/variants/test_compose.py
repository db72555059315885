import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import asdict, replace

import pytest

from variants import TRANSFORMS, Link, ProgramError, Site, compose, replay
from variants.drafts import MOST_TURNS

CODE = """
def helper(values, scale):
    return [value * scale for value in values if value]


def f(xs, n, flag=True):
    total = 0
    for i in range(n):
        if i % 2 == 0 and xs:
            total += i
        else:
            total -= 1
    names = {str(x): x for x in helper(xs, n)}
    best = max([len(name) for name in names], default=0)
    return total if flag else best
"""
INPUTS = ["[1, 2, 3], 5", "[], 0, flag=False"]
SEEDS = range(14)


def test_replays_to_the_same_bytes():
    for seed in SEEDS:
        made = compose(CODE, "f", INPUTS, seed)
        assert replay(CODE, made.chain) == made.code


def test_the_same_seed_makes_the_same_chain_and_others_make_others():
    first = [compose(CODE, "f", INPUTS, seed) for seed in SEEDS]
    assert first == [compose(CODE, "f", INPUTS, seed) for seed in SEEDS]
    assert len({made.code for made in first}) > 8
    assert {link.transform for made in first for link in made.chain} <= set(TRANSFORMS)


def test_does_not_depend_on_the_hash_seed():
    script = (
        "import json, sys\nfrom variants import compose\n"
        "code, inputs = json.load(sys.stdin)\n"
        "print(json.dumps([compose(code, 'f', inputs, seed).code for seed in range(6)]))"
    )
    outputs = [
        subprocess.run(
            [sys.executable, "-c", script],
            input=json.dumps([CODE, INPUTS]),
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("0", "1")
    ]
    assert outputs[0] == outputs[1]
    assert json.loads(outputs[0]) == [compose(CODE, "f", INPUTS, seed).code for seed in range(6)]


def test_no_transform_has_more_turns_than_it_may():
    for seed in SEEDS:
        chain = compose(CODE, "f", INPUTS, seed).chain
        turns = Counter(link.transform for link in chain)
        for name, count in turns.items():
            assert count <= MOST_TURNS.get(TRANSFORMS[name].family, 3)


def test_keeps_to_the_number_of_steps_and_to_the_named_transforms():
    for seed in SEEDS:
        made = compose(CODE, "f", INPUTS, seed, transforms=["invert_if", "expand_augmented"], max_links=2)
        assert len(made.chain) <= 2
        assert {link.transform for link in made.chain} <= {"invert_if", "expand_augmented"}


def test_parameters_that_an_input_passes_by_keyword_keep_their_names():
    renamed = [compose(CODE, "f", INPUTS, seed, ["rename_locals"]) for seed in SEEDS]
    old = {name for made in renamed for link in made.chain for name, _ in link.parameters}
    assert "flag" not in old
    assert {"xs", "n", "total", "i", "name", "values"} <= old


def test_a_record_survives_json():
    made = compose(CODE, "f", INPUTS, 3)
    stored = json.loads(json.dumps([asdict(link) for link in made.chain]))
    chain = [
        Link(link["transform"], Site(**link["site"]), tuple((old, new) for old, new in link["parameters"]))
        for link in stored
    ]
    assert tuple(chain) == made.chain
    assert replay(CODE, chain) == made.code


@pytest.mark.parametrize("text", ["", "\n", "x = 1\n", "import math"])
def test_a_program_without_sites_stays_as_it_is(text):
    code = text + "\n\ndef f():\n    return 1"
    made = compose(code, "f", [], 0, transforms=["invert_if", "for_to_while", "rename_locals"])
    assert (made.code, made.chain) == (code, ())


def test_refuses_a_program_that_does_not_parse():
    with pytest.raises(ProgramError, match="does not parse"):
        compose("def f(:", "f", [], 0)


def test_refuses_a_program_without_the_entry_point():
    with pytest.raises(ProgramError, match="'g'"):
        compose("def f():\n    def g():\n        pass\n", "g", [], 0)


def test_refuses_an_input_that_is_no_argument_list():
    with pytest.raises(ProgramError, match="do not parse"):
        compose(CODE, "f", ["[1, 2"], 0)


def test_refuses_an_unknown_transform():
    with pytest.raises(ProgramError, match="choose from"):
        compose(CODE, "f", [], 0, transforms=["reverse_time"])


def test_refuses_to_replay_on_another_text():
    link = compose(CODE, "f", INPUTS, 0, ["expand_augmented"]).chain[0]
    with pytest.raises(ProgramError, match="another program"):
        replay("def f(xs):\n    return xs\n", [link])
    with pytest.raises(ProgramError, match="another program"):
        replay(CODE, [replace(link, site=replace(link.site, line=99))])
