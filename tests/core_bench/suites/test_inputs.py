"""Inputs are drawn by a problem's own generator; each depends on its number, not on those before it."""

import pytest

from core_bench.data_folder import data_folder
from core_bench.errors import CoreBenchError
from core_bench.suites.inputs import draw_inputs

MOOR = data_folder() / "problems" / "moor_boats"


def test_the_same_seed_draws_the_same_inputs():
    assert draw_inputs(MOOR, 20, 1) == draw_inputs(MOOR, 20, 1)
    assert draw_inputs(MOOR, 20, 1) != draw_inputs(MOOR, 20, 2)
    assert draw_inputs(MOOR, 5, 1) == draw_inputs(MOOR, 20, 1)[:5]


@pytest.mark.parametrize(
    ("code", "part"),
    [
        (None, "has no inputs.py"),
        ("x = 1\n", "defines no generate"),
        ("def generate(rng):\n    return 'open(3)'\n", "inputs.py: "),
    ],
)
def test_a_generator_that_cannot_draw_is_named(tmp_path, code, part):
    if code is not None:
        (tmp_path / "inputs.py").write_text(code)
    with pytest.raises(CoreBenchError, match=part):
        draw_inputs(tmp_path, 3, 1)
