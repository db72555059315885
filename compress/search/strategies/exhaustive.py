"""The truth on small spaces: every plan that fits."""

from compress.errors import PlanError
from compress.search.search import Search


def search(search: Search, *, most: int = 100_000) -> None:
    """Measure every plan that fits the budget.

    Raises:
        PlanError: the space has more than `most` codes, or the evaluations do not suffice: half an exhaustive
            search proves nothing.
    """
    if search.space.count > most:
        raise PlanError(
            f"the space has {search.space.count:.3g} plans, too many to try all",
            f"Up to {most:,} are tried; search fewer blocks or bits.",
        )
    fitting = search.space.fitting(search.budget)
    if len(fitting) > search.left:
        raise PlanError(
            f"{len(fitting):,} plans fit the budget, {search.left:,} evaluations were allowed",
            f"Allow --evals {len(fitting)}.",
        )
    search.evaluate_all(fitting, "exhaustive")
