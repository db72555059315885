"""Plots of a suite's distributions, one picture each."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core_bench.errors import CoreBenchError
from core_bench.jsonl import make_folder
from core_bench.suites.card.figures import Card
from core_bench.suites.card.measures import complexities, similarities
from core_bench.suites.suite import Suite


def plot_card(suite: Suite, card: Card, folder: Path) -> list[Path]:
    """Draw the distributions as PNG files into a folder and return them.

    Raises:
        CoreBenchError: matplotlib is not installed, or the folder cannot be written to.
    """
    try:
        import matplotlib
    except ImportError:
        raise CoreBenchError(
            "plots need matplotlib, which is not installed", "pip install 'core-bench[report]'"
        ) from None
    matplotlib.use("Agg")  # no display is needed
    make_folder(folder)
    tokens, words, trees = similarities(suite)
    programs = Counter(program.problem for program in suite.implementations)
    histograms: dict[str, tuple[str, dict[str, Sequence[float]]]] = {
        "implementations": ("implementations per problem", {"": list(programs.values())}),
        "complexity": ("cyclomatic complexity", {"": complexities(suite)}),
        "likeness": (
            "likeness of two implementations of a problem",
            {"Jaccard, tokenize": tokens, "Jaccard, words": words, "distance of trees": trees},
        ),
        "golds": ("characters of a gold", {"": [len(gold) for gold in suite.golds.values()]}),
    }
    if card.runs is not None:
        histograms["steps"] = ("steps of a sample's run", {"": card.runs.all_steps})
        histograms["coverage"] = ("share of the lines that the samples run", {"": card.runs.all_lines})
    files = [_histogram(folder / f"{name}.png", *given) for name, given in histograms.items()]
    files.append(_bars(folder / "dimensions.png", "probes by their dimensions", card.dimension_overlaps))
    files.append(_bars(folder / "queries.png", "probes by kind of query", card.kinds))
    files.append(_bars(folder / "families.png", "implementations by family", card.families))
    return files


def _histogram(path: Path, label: str, groups: dict[str, Sequence[float]]) -> Path:
    figure, axes = _figure()
    for name, values in groups.items():
        whole = all(isinstance(value, int) for value in values) and max(values, default=0) < 40
        bins: Any = 30
        if whole and values:
            bins = [edge - 0.5 for edge in range(int(min(values)), int(max(values)) + 2)]
        axes.hist(values, bins=bins, label=name, alpha=0.6 if len(groups) > 1 else 1)
    if len(groups) > 1:
        axes.legend()
    axes.set_xlabel(label)
    axes.set_ylabel("count")
    return _saved(figure, path)


def _bars(path: Path, label: str, counts: dict[str, int]) -> Path:
    figure, axes = _figure()
    names = list(counts)[::-1]
    axes.barh(names, [counts[name] for name in names])
    axes.set_xlabel(label)
    return _saved(figure, path)


def _figure() -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    return figure, figure.subplots()


def _saved(figure: Any, path: Path) -> Path:
    try:
        figure.savefig(path, dpi=110)
    except OSError as error:
        raise CoreBenchError(f"{path} cannot be written: {error.strerror or error}") from None
    return path
