"""What a scorer may forgive; recorded with every summary, since it decides the numbers."""

from core_bench.records import Record
from core_bench.suites import Suite


class ScoringRules(Record):
    """How answers are read and compared (docs/scoring.md has every rule with an example).

    Attributes:
        strict_literals: an answer must be a literal; by default harmless constant expressions such as
            `[0] * 4` are folded, within limits.
        float_tolerance: two floats are equal if they are at most this far apart (absolute); 0 means equal
            values. REval uses 1e-6.
        unquoted_strings: where the gold is a string, its text without quotes is accepted, too. By default
            that is `not_literal`: a model that drops quotes cannot be told from one that mixes up types.
    """

    strict_literals: bool = False
    float_tolerance: float = 0.0
    unquoted_strings: bool = False


DEFAULT_RULES = ScoringRules()


def rules_of(suite: Suite) -> ScoringRules:
    """Return a suite's own rules: it accepts unquoted strings if its parameters say so (`"accept"`)."""
    return ScoringRules(unquoted_strings=suite.header.parameters.get("unquoted_strings") == "accept")
