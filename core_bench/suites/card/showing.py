"""A card as rows of text and as Markdown, next to the published figures."""

from collections.abc import Iterator, Mapping

from core_bench.suites.card.figures import PUBLISHED, Card, Spread


def card_rows(card: Card) -> Iterator[tuple[str, str]]:
    """Yield (what, figure) for everything that is said of the suite as a whole."""
    yield "suite", f"{card.suite} version {card.version}"
    yield "", card.description
    yield "hash", card.hash
    yield "python", card.python
    yield from ((what, str(count)) for what, count in card.counts.items())
    yield from ((f"split {name}", f"{count} items") for name, count in card.splits.items())
    yield "split rule", card.split_rule
    yield "parameters", ", ".join(f"{name} {value}" for name, value in card.parameters.items())
    yield "families", _listed(card.families)
    yield "transforms", _listed(card.transforms)
    yield "implementations per problem", _spread(card.implementations_per_problem)
    yield "inputs per problem", _spread(card.inputs_per_problem)
    yield "tests per problem", _spread(card.tests_per_problem)
    yield "probes per implementation", _spread(card.probes_per_implementation)
    yield "complexity", _spread(card.complexity)
    yield "Jaccard, tokenize", _spread(card.pairs.tokenize, 2)
    yield "Jaccard, words", _spread(card.pairs.word, 2)
    yield "pairs at most 0.7 alike", _percent(card.pairs.within_limit)
    yield "distance of trees", _spread(card.pairs.tree, 2)
    yield "dimensions", _listed(card.dimensions)
    yield "dimensions per probe", _listed(card.dimensions_per_probe, "probes with ")
    yield "overlaps", _listed(card.dimension_overlaps)
    yield "queries", _listed(card.kinds)
    yield "phrasings", _listed(card.phrasings)
    probes = card.counts.get("probes", 0)
    yield "shared", f"{card.shared_probes} of {probes} probes ask {card.shared_questions} shared questions"
    yield "types of golds", _listed(card.gold_types)
    if card.runs is not None:
        yield "steps of a sample", _spread(card.runs.steps)
        yield "line coverage", _spread(card.runs.lines, 2)
        yield "branch coverage", _spread(card.runs.branches, 2)
    yield "licence", _listed(_licences(card), "problems under ")
    yield "origin", _listed(_origins(card), "problems of ")


def beside_published(card: Card) -> Iterator[tuple[str, str, str]]:
    """Yield (what, this suite, the published CoRE suite)."""
    counts = card.counts
    programs = max(1, counts.get("implementations", 0))
    ours = {
        "problems": str(counts.get("problems", 0)),
        "implementations": str(counts.get("implementations", 0)),
        "samples": str(counts.get("samples", 0)),
        "probes": str(counts.get("probes", 0)),
        "implementations per problem": f"{card.implementations_per_problem.mean:.2f}",
        "samples per implementation": f"{counts.get('samples', 0) / programs:.1f}",
        "Jaccard, tokenize": f"{card.pairs.tokenize.mean:.2f} (at most {card.pairs.tokenize.most:.2f})",
        "Jaccard, words": f"{card.pairs.word.mean:.2f}",
        "pairs at most 0.7 alike": _percent(card.pairs.within_limit),
        "complexity": f"at least {card.complexity.least:.0f}",
        "golds that are no literal": str(card.gold_types.get("no literal", 0)),
    }
    for what, published in PUBLISHED.items():
        yield what, ours.get(what, "see suite audit"), published


def markdown(card: Card) -> str:
    """Return the card as a Markdown page."""
    lines = [f"# {card.suite} {card.version}", "", card.description, ""]
    lines += ["| | |", "|---|---|"]
    lines += [f"| {what} | {_cell(figure)} |" for what, figure in card_rows(card) if what]
    lines += ["", "## Beside the published suite", "", "| | this suite | published CoRE |", "|---|---|---|"]
    lines += [f"| {what} | {ours} | {theirs} |" for what, ours, theirs in beside_published(card)]
    lines += ["", "## Problems", ""]
    heads = ("problem", "split", "implementations", "inputs", "samples", "probes", "origin", "licence")
    lines += [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    for problem in card.problems:
        counts = (problem.implementations, problem.inputs, problem.samples, problem.probes)
        cells = (problem.id, problem.split, *counts, problem.origin, problem.licence)
        lines.append(f"| {' | '.join(map(str, cells))} |")
    lines += ["", "## Files", "", "| file | sha256 |", "|---|---|"]
    lines += [f"| {name} | `{digest}` |" for name, digest in card.files.items()]
    return "\n".join(lines) + "\n"


def _licences(card: Card) -> dict[str, int]:
    found: dict[str, int] = {}
    for problem in card.problems:
        found[problem.licence] = found.get(problem.licence, 0) + 1
    return found


def _origins(card: Card) -> dict[str, int]:
    found: dict[str, int] = {}
    for problem in card.problems:
        found[problem.origin] = found.get(problem.origin, 0) + 1
    return found


def _listed(counts: Mapping[str, int], word: str = "") -> str:
    return ", ".join(f"{count} {word}{name}" for name, count in counts.items()) or "none"


def _spread(spread: Spread, digits: int = 0) -> str:
    least, middle, most = (f"{value:.{digits}f}" for value in (spread.least, spread.median, spread.most))
    return f"{spread.mean:.2f} on average, {least} to {most}, median {middle} (n={spread.n})"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
