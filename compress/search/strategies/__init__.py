"""The strategies by name."""

from collections.abc import Callable
from functools import partial
from importlib import import_module

from compress.errors import CompressError
from compress.search.search import Strategy

BASELINES = ("uniform", "greedy", "random", "exhaustive", "local")
PUBLISHED = ("qpruner", "automixq", "rankadaptor", "qradaptor", "autoqra")
STRATEGIES = BASELINES + PUBLISHED


def strategy_named(name: str, **settings: float) -> Strategy:
    """Return a strategy with its settings.

    Raises:
        CompressError: there is no such strategy or setting.
    """
    if name not in STRATEGIES:
        raise CompressError(f"there is no strategy {name!r}", f"Choose from {', '.join(STRATEGIES)}.")
    found: Callable[..., None] = import_module(f"compress.search.strategies.{name}").search
    known = found.__kwdefaults__ or {}
    strange = settings.keys() - known.keys()
    if strange:
        raise CompressError(
            f"{name} has no setting {sorted(strange)[0]!r}", f"It has: {', '.join(known) or 'none'}."
        )
    return partial(found, **settings)
