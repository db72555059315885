"""Cutting prompts into levels, and requests into batches."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core_bench.engines import Request
from core_bench.engines.local.batches import Encoded, cut_batches
from core_bench.engines.local.prefix_tree import Level, plan_levels

HEADER, PROGRAM_A, PROGRAM_B = list(range(100, 140)), list(range(200, 230)), list(range(300, 325))


def paths(levels: list[Level]) -> list[list[int]]:
    whole = levels[0].rows
    for level in levels[1:]:
        whole = [whole[parent] + row for parent, row in zip(level.parents, level.rows, strict=True)]
    return whole


def test_a_header_and_two_programs_make_three_levels() -> None:
    prompts = [
        [*HEADER, *program, *rest] for program in (PROGRAM_A, PROGRAM_B) for rest in ([1, 2], [3], [4, 5, 6])
    ]
    levels = plan_levels(prompts, ["a"] * 3 + ["b"] * 3, [1] * 6)
    assert [len(level.rows) for level in levels] == [1, 2, 6]
    assert levels[0].rows == [HEADER]
    assert levels[1].rows == [PROGRAM_A, PROGRAM_B]
    assert levels[2].rows == [[1, 2], [3], [4, 5, 6]] * 2
    assert paths(levels) == prompts


def test_what_must_stay_own_is_never_shared() -> None:
    prompts = [[*HEADER, 1, 2, 3], [*HEADER, 1, 2, 4]]
    [top, own] = plan_levels(prompts, ["a", "a"], [5, 3])
    assert top.rows == [HEADER[:38]]
    assert min(map(len, own.rows)) >= 5


tokens = st.lists(st.integers(0, 2), min_size=1, max_size=30)


@given(st.lists(st.tuples(tokens, st.sampled_from("abc")), min_size=1, max_size=8), st.booleans())
def test_every_plan_spells_the_prompts_and_has_no_empty_node(
    asked: list[tuple[list[int], str]], long: bool
) -> None:
    start = [9] * 40 if long else []
    prompts = [[*start, *(ord(family) for _ in range(20 * long)), *tokens] for tokens, family in asked]
    own = [1 + len(prompt) // 3 if len(prompt) > 3 else 1 for prompt in prompts]
    levels = plan_levels(prompts, [family for _, family in asked], own)
    assert paths(levels) == prompts
    assert all(row for level in levels for row in level.rows)
    assert all(len(row) >= keep for row, keep in zip(levels[-1].rows, own, strict=True))


Ask = Callable[..., Request]


@pytest.fixture
def encoded(ask: Ask) -> list[Encoded[Any]]:
    """Two kinds, five programs with one to five items, prompts of different lengths."""
    return [
        Encoded(ask(f"{kind}{program}{item}", group=(kind, f"{program}")), [7] * (program * 10 + item), 8)
        for kind in ("probe", "sample")
        for program in range(1, 6)
        for item in range(program)
    ]


def test_programs_stay_together_the_greatest_first(encoded: list[Encoded[Any]]) -> None:
    batches = cut_batches(encoded, 8, 10_000)
    programs = [sorted({one.request.group for one in batch}, reverse=True) for batch in batches]
    assert programs == [
        [("probe", "5")],
        [("probe", "4")],
        [("probe", "3"), ("probe", "2"), ("probe", "1")],
        [("sample", "5")],
        [("sample", "4")],
        [("sample", "3"), ("sample", "2"), ("sample", "1")],
    ]


def test_the_last_two_batches_are_about_equally_large(ask: Ask) -> None:
    many = [Encoded(ask(f"{number:03}", group=("sample", f"{number}")), [7], 8) for number in range(300)]
    for count, sizes in [(64, [64]), (65, [33, 32]), (100, [50, 50]), (128, [64, 64]), (130, [64, 33, 33])]:
        assert [len(batch) for batch in cut_batches(many[:count], 64, 10_000)] == sizes


@pytest.mark.parametrize(("size", "budget"), [(1, 10_000), (3, 10_000), (8, 250), (100, 1), (7, 400)])
def test_what_remains_is_cut_as_it_would_have_been(
    encoded: list[Encoded[Any]], size: int, budget: int
) -> None:
    batches = cut_batches(encoded, size, budget)
    assert sorted(one.request.item for batch in batches for one in batch) == sorted(
        one.request.item for one in encoded
    )
    for done in range(len(batches)):
        answered = {one.request.item for batch in batches[:done] for one in batch}
        rest = [one for one in reversed(encoded) if one.request.item not in answered]
        assert cut_batches(rest, size, budget) == batches[done:]
    for batch in batches:
        assert len(batch) == 1 or sum(len(one.tokens) + one.room for one in batch) <= budget
