"""Covers are the smallest: against every smaller choice, by brute force."""

from itertools import combinations
from random import Random

import pytest

from core_bench.suites.building.cover import greedy_order, smallest_cover


def union(sets, chosen):
    return frozenset().union(*(sets[index] for index in chosen))


@pytest.mark.parametrize("seed", range(60))
def test_no_smaller_choice_covers_as_much(seed):
    rng = Random(seed)
    sets = [frozenset(rng.sample("abcdefghijklmn", rng.randint(1, 6))) for _ in range(rng.randint(1, 10))]
    cover = smallest_cover(sets)
    everything = union(sets, range(len(sets)))
    assert union(sets, cover.chosen) == everything
    assert cover.exact
    assert cover.bound == len(cover.chosen)
    smaller = combinations(range(len(sets)), len(cover.chosen) - 1)
    assert all(union(sets, chosen) != everything for chosen in smaller)


def test_greedy_alone_would_take_three():
    # The classic: greedy is lured by the four elements of the first set.
    sets = [frozenset("bcde"), frozenset("abc"), frozenset("def")]
    assert smallest_cover(sets).chosen == (1, 2)


def test_a_search_that_is_cut_off_says_so():
    rng = Random(5)
    names = [str(number) for number in range(120)]
    sets = [frozenset(rng.sample(names, 9)) for _ in range(90)]
    cover = smallest_cover(sets)
    assert union(sets, cover.chosen) == union(sets, range(90))
    assert cover.bound < len(cover.chosen)
    assert not cover.exact
    assert smallest_cover(sets) == cover


def test_nothing_to_cover_takes_nothing():
    assert smallest_cover([]).chosen == ()
    assert smallest_cover([frozenset(), frozenset()]).chosen == ()


def test_what_fills_up_covers_all_again():
    sets = [frozenset("abcd"), frozenset("ab"), frozenset("cd"), frozenset("a"), frozenset("d")]
    assert greedy_order(sets, (0,), 2) == [1, 2]
    assert greedy_order(sets, (0,), 9) == [1, 2, 3, 4]
    assert greedy_order(sets, (), 0) == []
