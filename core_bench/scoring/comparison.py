"""When is an answer the gold? By value and by type; docs/scoring.md lists the rules with examples.

* `True`, `1` and `1.0` are three different answers, so are `(1,)` and `[1]`.
* Dicts compare without order, sets as sets; `-0.0` equals `0.0`; NaN equals NaN.
* Floats are equal if their values are, or within `float_tolerance` where the rules have one.
"""

from typing import Any

from core_bench.scoring.rules import DEFAULT_RULES, ScoringRules
from tracer import comparison_key, is_marker


def same_value(answer: object, gold: object, rules: ScoringRules = DEFAULT_RULES) -> bool:
    """Tell whether an answer's value counts as the gold's value.

    A value past the limits of a literal has no key and equals nothing: gold never is one.
    """
    key = comparison_key(answer)
    if is_marker(key):
        return False
    if key == comparison_key(gold):
        return True
    return rules.float_tolerance > 0 and _close(answer, gold, rules.float_tolerance)


def _close(answer: Any, gold: Any, tolerance: float) -> bool:
    if type(answer) is not type(gold):
        return False
    if type(answer) is float:
        return abs(answer - gold) <= tolerance or comparison_key(answer) == comparison_key(gold)
    if type(answer) is complex:
        return _close(answer.real, gold.real, tolerance) and _close(answer.imag, gold.imag, tolerance)
    if type(answer) in (list, tuple):
        pairs = zip(answer, gold, strict=False)
        return len(answer) == len(gold) and all(_close(left, right, tolerance) for left, right in pairs)
    if type(answer) is dict:  # keys are looked up by a program, so they are equal or not
        pairs_of = {comparison_key(key): value for key, value in gold.items()}
        return len(answer) == len(gold) and all(
            comparison_key(key) in pairs_of and _close(value, pairs_of[comparison_key(key)], tolerance)
            for key, value in answer.items()
        )
    if type(answer) in (set, frozenset):
        return _matched(list(answer), list(gold), tolerance)
    return comparison_key(answer) == comparison_key(gold)


def _matched(answers: list[Any], golds: list[Any], tolerance: float) -> bool:
    """Match members one to one; numbers in order, which is right for a tolerance on a line."""
    if len(answers) != len(golds):
        return False

    def order(value: Any) -> tuple[str, Any]:
        plain = type(value) in (int, float, bool, str)
        return (type(value).__name__, value if plain else comparison_key(value))

    try:
        pairs = zip(sorted(answers, key=order), sorted(golds, key=order), strict=True)
    except TypeError:
        return False
    return all(_close(left, right, tolerance) for left, right in pairs)
