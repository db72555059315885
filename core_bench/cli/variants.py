"""`core-bench variants`: equivalent programs, made by transforms or written by others."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from core_bench.errors import CoreBenchError

if TYPE_CHECKING:
    from core_bench.implementations import Answer, Written
    from core_bench.suites.problems import Source
    from variants import DeepVerdict, Generation, Tokenizer

app = typer.Typer(help="Make equivalent programs, or take in those that others wrote.", no_args_is_help=True)

_Source = Annotated[
    str | None, typer.Option(help="humaneval, mbpp, cruxeval, livecodebench, reval. [default: our problems]")
]
_Path = Annotated[
    Path | None, typer.Option(help="File or folder of the source. [default: from the Hub; our problems]")
]
_MaxJaccard = Annotated[
    float, typer.Option(min=0, max=1, help="Most that two implementations may have in common.")
]
_Tokenizer = Annotated[
    Literal["tokenize", "word"],
    typer.Option(help="What the likeness is taken of: Python's tokens, or words."),
]
_AllowUnsafe = Annotated[
    bool, typer.Option("--allow-unsafe", help="Run code of others also where this machine isolates little.")
]
_MinComplexity = Annotated[int, typer.Option(min=1, help="Smallest cyclomatic complexity.")]


@app.command("show")
def show(
    file: Annotated[Path, typer.Argument(help="The program, a Python file.", metavar="FILE")],
    call: Annotated[
        list[str] | None,
        typer.Option(help="A test, such as 'f([3, 1])'; may be repeated. [default: the program's doctests]"),
    ] = None,
    n: Annotated[int, typer.Option("--n", min=1, help="How many variants.")] = 6,
    seed: Annotated[int, typer.Option(help="Decides which.")] = 1,
    transform: Annotated[
        list[str] | None, typer.Option(help="Use only this transform; may be repeated.")
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option(help="Leave out a family of transforms, such as names; repeatable.")
    ] = None,
    max_jaccard: _MaxJaccard = 1.0,
    min_complexity: _MinComplexity = 1,
    tokenizer: _Tokenizer = "tokenize",
    deep: Annotated[
        float | None,
        typer.Option(min=1, help="Let CrossHair look so many seconds for a difference, at each variant."),
    ] = None,
    view: Annotated[
        Literal["code", "diff", "side"], typer.Option(help="Print variants whole, as diffs, or side by side.")
    ] = "code",
    as_json: Annotated[bool, typer.Option("--json", help="Print them as JSON instead.")] = False,
) -> None:
    """Print variants of a program with their chains, measures and verdicts."""
    import variants
    from core_bench.cli.tables import console
    from core_bench.cli.trace import read_program
    from core_bench.cli.variants_view import as_data, show_generation

    code = read_program(file, "rewritten")
    tests = call or _doctests(file, code)
    try:
        found = variants.generate(
            code,
            tests,
            n,
            seed,
            transforms=_names(transform, without),
            demands=variants.Demands(max_jaccard, min_complexity, tokenizer),
        )
        verdicts = _deep_verdicts(code, tests, found, deep) if deep is not None else ()
    except variants.ProgramError as error:
        raise CoreBenchError(f"{file}: {error}") from None
    except variants.CrossHairMissingError as error:
        raise CoreBenchError(str(error), "Or leave --deep away.") from None
    if as_json:
        print(json.dumps(as_data(found, verdicts), indent=1))
    else:
        show_generation(console(), str(file), code, found, n, view, verdicts)


@app.command("list")
def list_transforms() -> None:
    """List the transforms: what each turns into what, and when."""
    from core_bench.cli.tables import console
    from core_bench.cli.variants_view import transforms_table

    console().print(transforms_table(), markup=False, highlight=False)


@app.command("import")
def import_file(
    file: Annotated[
        Path, typer.Argument(help="Implementations: JSON Lines with a family each.", metavar="FILE")
    ],
    out: Annotated[Path | None, typer.Option(help="Write those that are accepted to this file.")] = None,
    source: _Source = None,
    path: _Path = None,
    family: Annotated[
        str | None, typer.Option(help="Who wrote rows that do not say. [default: FILE]")
    ] = None,
    n: Annotated[int | None, typer.Option("--n", min=1, help="Most of each problem. [default: all]")] = None,
    max_jaccard: _MaxJaccard = 0.7,
    min_complexity: _MinComplexity = 3,
    tokenizer: _Tokenizer = "tokenize",
    allow_unsafe: _AllowUnsafe = False,
) -> None:
    """Verify and select implementations that models or people wrote."""
    from core_bench.implementations import read_implementations

    sources = _sources(source, path)
    written = read_implementations(file, sources, family)
    _admit(written, sources, n, (max_jaccard, min_complexity, tokenizer), out, allow_unsafe)


@app.command("ask")
def ask(
    model: Annotated[str, typer.Option("--model", "-m", help="openai:NAME, or a model folder.")],
    out: Annotated[
        Path, typer.Option(help="Write those that are accepted to this file; all answers go beside it.")
    ],
    source: _Source = None,
    path: _Path = None,
    problem: Annotated[
        list[str] | None, typer.Option(help="Only this problem; may be repeated. [default: all]")
    ] = None,
    turns: Annotated[int, typer.Option(min=1, help="Implementations to ask for, of each problem.")] = 3,
    n: Annotated[int | None, typer.Option("--n", min=1, help="Most of each problem. [default: all]")] = None,
    temperature: Annotated[float, typer.Option(min=0, help="Sampling temperature.")] = 0.8,
    max_jaccard: _MaxJaccard = 0.7,
    min_complexity: _MinComplexity = 3,
    tokenizer: _Tokenizer = "tokenize",
    base_url: Annotated[str | None, typer.Option(help="Address of a compatible server.")] = None,
    api_key_env: Annotated[str, typer.Option(help="Variable that holds the key.")] = "OPENAI_API_KEY",
    concurrency: Annotated[int, typer.Option(min=1, help="Requests in flight.")] = 8,
    allow_unsafe: _AllowUnsafe = False,
) -> None:
    """Ask a model for implementations, then verify and select them. Run it again to go on."""
    from core_bench.cli.progress import progress
    from core_bench.engines import EngineOptions, open_engine
    from core_bench.implementations import ask_for_implementations
    from core_bench.jsonl import make_folder

    sources = _chosen(_sources(source, path), problem)
    make_folder(out.absolute().parent)
    kept = out.with_name(f"{out.stem}.asked.jsonl")
    options = EngineOptions(base_url=base_url, api_key_env=api_key_env, concurrency=concurrency)
    engine = open_engine(model, options)
    try:
        with progress("asking", "answers") as update:
            answers, failures = ask_for_implementations(
                engine, model, sources, turns, kept, temperature=temperature, on_progress=update
            )
    except KeyboardInterrupt:
        print(f"\nStopped. The answers so far are in {kept}; run the same command again.", file=sys.stderr)
        raise typer.Exit(130) from None
    finally:
        engine.close()
    for reason in failures[:5]:
        print(f"not answered: {reason}", file=sys.stderr)
    if failures:
        print(f"{len(failures)} requests failed; run the same command to ask them again.", file=sys.stderr)
    _admit(answers, sources, n, (max_jaccard, min_complexity, tokenizer), out, allow_unsafe)


def _deep_verdicts(
    code: str, tests: list[str], found: "Generation", seconds: float
) -> "tuple[DeepVerdict, ...]":
    from core_bench.cli.progress import progress
    from variants import deep_check
    from variants.calls import read_tests

    given = read_tests(tests)
    verdicts: list[DeepVerdict] = []
    with progress("looking deeper", "variants") as update:
        for variant in found.variants:
            verdicts.append(deep_check(code, variant.code, given.entry_point, seconds, inputs=given.inputs))
            update(len(verdicts), len(found.variants))
    return tuple(verdicts)


def _admit(
    written: "list[Written] | list[Answer]",
    sources: "tuple[Source, ...]",
    n: int | None,
    demands: "tuple[float, int, Tokenizer]",
    out: Path | None,
    allow_unsafe: bool,
) -> None:
    from core_bench.cli.tables import console
    from core_bench.cli.variants_view import admissions_table
    from core_bench.implementations.admitting import admit_all
    from core_bench.jsonl import write_rows
    from tracer import IsolationError
    from variants import Demands

    try:
        decided, failing = admit_all(written, sources, n, Demands(*demands), allow_unsafe=allow_unsafe)
    except IsolationError as error:
        raise CoreBenchError("what others wrote is not run here", str(error)) from None
    for problem in failing:
        print(f"left out: {problem}", file=sys.stderr)
    console().print(admissions_table(decided), markup=False, highlight=False)
    accepted = [row for row in decided if row.admission.decision == "accepted"]
    counts = Counter(row.admission.decision for row in decided)
    print(", ".join(f"{count} {decision}" for decision, count in counts.most_common()) or "nothing to decide")
    if out is not None:
        write_rows(out, [row.implementation for row in accepted])
        print(f"{out}: {len(accepted)} implementations")


def _sources(name: str | None, path: Path | None) -> "tuple[Source, ...]":
    from core_bench.data_folder import data_folder
    from core_bench.suites.problems import read_problems
    from core_bench.suites.sources import Skipped, read_benchmark

    if name is None:
        folder = path or data_folder() / "problems"
        return read_problems(folder, origin=folder.resolve().name, licence="Apache-2.0")
    skipped = Skipped()
    found = read_benchmark(name, path, skipped)
    if skipped.reasons:
        print(f"left out: {skipped}", file=sys.stderr)
    return found


def _chosen(sources: "tuple[Source, ...]", names: list[str] | None) -> "tuple[Source, ...]":
    if not names:
        return sources
    known = {source.problem.id: source for source in sources}
    for name in names:
        if name not in known:
            raise CoreBenchError(f"there is no problem {name}", f"Known: {', '.join(list(known)[:20])}.")
    return tuple(known[name] for name in dict.fromkeys(names))


def _doctests(file: Path, code: str) -> list[str]:
    from core_bench.suites.sources.calls_in import own_tests

    calls = own_tests(code)
    if not calls:
        raise CoreBenchError(
            f"{file} comes with no tests",
            "Give at least one call (--call 'f([3, 1])'), or put doctests into the program.",
        )
    return calls


def _names(chosen: list[str] | None, without: list[str] | None) -> list[str] | None:
    from variants import TRANSFORMS

    families = {transform.family for transform in TRANSFORMS.values()}
    for family in without or ():
        if family not in families:
            raise CoreBenchError(
                f"there is no family of transforms {family!r}", f"Choose from {', '.join(sorted(families))}."
            )
    names = TRANSFORMS if chosen is None else chosen
    if not without:
        return None if chosen is None else chosen
    return [name for name in names if name not in TRANSFORMS or TRANSFORMS[name].family not in without]
