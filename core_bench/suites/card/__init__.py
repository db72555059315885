"""The card of a suite: what it holds, in figures, next to the published suite."""

from core_bench.suites.card.figures import PUBLISHED, Card, RunFigures, Spread
from core_bench.suites.card.measures import card_of
from core_bench.suites.card.running import run_figures
from core_bench.suites.card.showing import beside_published, card_rows, markdown

__all__ = [
    "PUBLISHED",
    "Card",
    "RunFigures",
    "Spread",
    "beside_published",
    "card_of",
    "card_rows",
    "markdown",
    "run_figures",
]
