"""A small part of `benchmarks/scoring_fuzz.py`: 2,000 broken replies."""

from benchmarks.scoring_fuzz import confirmed, fuzz


def test_no_broken_reply_crashes_hangs_or_is_right_by_accident():
    found = fuzz(2_000, start=7)
    assert found.replies >= 2_000
    assert not found.crashes
    assert not found.denied
    assert not found.slow, (found.slowest_s, found.slowest[:200])
    assert found.verdicts["correct"] > 50


def test_the_oracle_denies():
    assert confirmed("[0] * 2", "[0, 0]")
    assert confirmed("1e999", "float('inf')")
    for answer, gold in (
        ("True", "1"),
        ("1", "1.0"),
        ("[True]", "[1]"),
        ("(1,)", "[1]"),
        ("A()", "1"),
        ("{1: 1.0}", "{1: 1}"),
    ):
        assert not confirmed(answer, gold)
