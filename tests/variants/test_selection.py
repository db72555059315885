from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from variants import jaccard, most_diverse

SETS = st.lists(st.frozensets(st.integers(0, 9), min_size=1), max_size=9)


def test_takes_the_farthest_first():
    pool = [frozenset("abcd"), frozenset("abxy"), frozenset("wxyz")]
    assert most_diverse(pool, 2, given=[frozenset("abce")]) == [2, 1]


def test_takes_no_two_that_are_too_similar():
    pool = [frozenset("abc"), frozenset("abd"), frozenset("xyz")]
    assert most_diverse(pool, 3, max_similarity=0.4) == [0, 2]


@given(SETS, st.integers(0, 9), st.floats(0, 1))
def test_keeps_what_it_promises(pool, count, limit):
    chosen = most_diverse(pool, count, max_similarity=limit)
    assert len(chosen) == len(set(chosen)) <= count
    assert all(jaccard(pool[a], pool[b]) <= limit for a, b in combinations(chosen, 2))
    if len(chosen) < count:  # nothing that is left would have fitted
        for index in set(range(len(pool))) - set(chosen):
            assert any(jaccard(pool[index], pool[other]) > limit for other in chosen)


@given(SETS)
def test_is_within_twice_the_best(pool):
    def spread(indices):
        return min((1 - jaccard(pool[a], pool[b]) for a, b in combinations(indices, 2)), default=1.0)

    if len(pool) >= 3:
        best = max(spread(group) for group in combinations(range(len(pool)), 3))
        assert 2 * spread(most_diverse(pool, 3)) >= best - 1e-9
