"""The figures of a card that the files of a suite tell, without running anything."""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

import variants
from core_bench.records import Implementation, Probe
from core_bench.suites.card.figures import Card, Pairs, ProblemCard, RunFigures, Spread
from core_bench.suites.suite import SPLITS, Suite
from tracer import LiteralError, parse_literal

MAX_JACCARD = 0.7


def card_of(suite: Suite, runs: RunFigures | None) -> Card:
    """Return the card of a suite; `runs` is what running it told, if that is at hand."""
    header = suite.header
    per_program = Counter(probe.implementation for probe in suite.probes)
    return Card(
        suite=header.name,
        version=header.version,
        description=header.description,
        hash=suite.hash,
        python=header.python,
        split_rule=header.split_rule,
        parameters=header.parameters,
        files=header.files,
        counts=header.counts,
        splits={name: len(suite.split(name)) for name in SPLITS},
        families=_counted(program.family for program in suite.implementations),
        transforms=_counted(link.transform for p in suite.implementations for link in p.chain),
        implementations_per_problem=Spread.of(Counter(p.problem for p in suite.implementations).values()),
        inputs_per_problem=Spread.of(len(problem.inputs) for problem in suite.problems),
        tests_per_problem=Spread.of(_tests(suite)),
        probes_per_implementation=Spread.of(per_program[p.id] for p in suite.implementations),
        complexity=Spread.of(complexities(suite)),
        pairs=_pairs(suite),
        dimensions=_counted(dimension for probe in suite.probes for dimension in probe.dimensions),
        dimension_overlaps=_overlaps(suite.probes),
        dimensions_per_probe=_counted(str(len(probe.dimensions)) for probe in suite.probes),
        kinds=_counted(probe.query.kind for probe in suite.probes),
        phrasings=_counted(probe.phrasing for probe in suite.probes),
        shared_probes=sum(probe.shared is not None for probe in suite.probes),
        shared_questions=len({probe.shared for probe in suite.probes} - {None}),
        gold_types=_counted(_type_of(gold) for gold in suite.golds.values()),
        runs=runs,
        problems=tuple(_problem_cards(suite)),
    )


def complexities(suite: Suite) -> list[int]:
    """Return the cyclomatic complexity of each implementation."""
    return [variants.complexity(program.code) for program in suite.implementations]


def similarities(suite: Suite) -> tuple[list[float], list[float], list[float]]:
    """Return `tokenize` and word similarity, and distance of trees, for each pair within a problem."""
    words: list[float] = []
    tokens: list[float] = []
    trees: list[float] = []
    for programs in _by_problem(suite).values():
        parts = [(variants.tokens(p.code), variants.tokens(p.code, "word"), _edges(p.code)) for p in programs]
        for left, right in combinations(parts, 2):
            tokens.append(variants.jaccard(left[0], right[0]))
            words.append(variants.jaccard(left[1], right[1]))
            trees.append(_distance(left[2], right[2]))
    return tokens, words, trees


def tree_distance(left: str, right: str) -> float:
    """Return how far apart the syntax trees of two programs are, from 0 to 1 (see `Pairs.tree`)."""
    return _distance(_edges(left), _edges(right))


def _edges(code: str) -> Counter[tuple[str, str]]:
    return Counter(
        (type(node).__name__, type(child).__name__)
        for node in ast.walk(ast.parse(code))
        for child in ast.iter_child_nodes(node)
    )


def _distance(left: Counter[tuple[str, str]], right: Counter[tuple[str, str]]) -> float:
    union = (left | right).total()
    return 1 - (left & right).total() / union if union else 0.0


def _pairs(suite: Suite) -> Pairs:
    tokens, words, trees = similarities(suite)
    within = sum(value <= MAX_JACCARD for value in tokens)
    return Pairs(
        tokenize=Spread.of(tokens),
        word=Spread.of(words),
        within_limit=round(within / len(tokens), 4) if tokens else 1.0,
        tree=Spread.of(trees),
    )


def _by_problem(suite: Suite) -> dict[str, list[Implementation]]:
    groups: defaultdict[str, list[Implementation]] = defaultdict(list)
    for program in suite.implementations:
        groups[program.problem].append(program)
    return groups


def _tests(suite: Suite) -> Iterator[int]:
    inputs: defaultdict[str, set[str]] = defaultdict(set)
    for sample in suite.samples:
        inputs[sample.problem].add(sample.input)
    yield from (len(inputs[problem.id]) for problem in suite.problems)


def _overlaps(probes: Iterable[Probe]) -> dict[str, int]:
    """Count probes by their exact set of dimensions."""
    return _counted(" + ".join(probe.dimensions) or "none" for probe in probes)


def _problem_cards(suite: Suite) -> Iterator[ProblemCard]:
    programs = Counter(program.problem for program in suite.implementations)
    samples = Counter(sample.problem for sample in suite.samples)
    probes = Counter(probe.problem for probe in suite.probes)
    for problem in suite.problems:
        yield ProblemCard(
            id=problem.id,
            split=problem.split,
            origin=problem.origin,
            licence=problem.licence,
            topics=problem.topics,
            implementations=programs[problem.id],
            inputs=len(problem.inputs),
            samples=samples[problem.id],
            probes=probes[problem.id],
        )


def _type_of(gold: str) -> str:
    try:
        return type(parse_literal(gold)).__name__
    except LiteralError:
        return "no literal"


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0])))
