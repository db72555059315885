"""A search and its folder: what was asked, every evaluation, and the same as an Optuna study.

`study.json` says what was asked for, `evaluations.jsonl` holds every plan, `sensitivity.json` what was
measured before the search, and `journal.log` is an Optuna journal storage with the same trials, for its
dashboard and its other tools.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from compress.errors import CompressError, PlanError
from compress.model_map import ModelMap
from compress.plan import Plan
from compress.search.answers import Objective
from compress.search.board import BOARD, Board, board_pool
from compress.search.evaluations import EvaluationFile
from compress.search.journal import Journal
from compress.search.making import make_space
from compress.search.repair import require_budget
from compress.search.search import Search, Watcher, run_strategy
from compress.search.sensitivity import Information, Sensitivity, without_prior
from compress.search.space import Space, SpaceOptions
from compress.search.strategies import strategy_named

# Processes that help, for as long as the search lasts.
Helpers = Callable[[], AbstractContextManager[object]]


class Study(BaseModel):
    """What was asked for.

    Attributes:
        format: version of this document.
        base: hash of the base's weights.
        strategy: name of the strategy.
        settings: its settings that differ from the defaults.
        seed: decides everything that is left to chance.
        budget: most bytes of the model's file and its adapter's.
        evaluations: how many plans may be measured.
        options: what is searched.
        plan: what is not searched.
        objective: what was measured and on what, in words and hashes.
        fidelity: at which plans are compared: 1 right after quantisation, 2 after a short recovery, 3 full.
        below: the cheaper fidelity that strategies may look at first.
        prior: importance guides the search; without it every knob is taken to cost the same (an ablation).
        versions: versions of the libraries that had a say; told, not compared.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    base: str
    strategy: str
    settings: dict[str, float] = {}
    seed: int = 0
    budget: int
    evaluations: int
    options: SpaceOptions
    plan: Plan
    objective: dict[str, Any] = {}
    fidelity: int = 1
    below: int = 0
    prior: bool = True
    versions: dict[str, str] = {}


class _Measured(BaseModel):
    seconds: float
    losses: tuple[tuple[float, ...], ...]


def read_study(folder: Path) -> Study:
    """Read what a folder's search was asked for.

    Raises:
        CompressError: it is no folder of a search.
    """
    try:
        return Study.model_validate_json((folder / "study.json").read_bytes())
    except OSError as error:
        raise CompressError(
            f"{folder} holds no search: study.json {error.strerror}", "Name a folder of compress search."
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        raise CompressError(f"{folder / 'study.json'}: {first['loc']}: {first['msg']}") from None


def read_study_of(folder: Path, base: str) -> Study:
    """Read what a folder's search was asked for, if it is about this base.

    Raises:
        CompressError: as `read_study` does.
        PlanError: the search is about another base.
    """
    study = read_study(folder)
    if study.base != base:
        raise PlanError(f"{folder} searches another base: {study.base[:12]}, the model is {base[:12]}")
    return study


def open_study(folder: Path, study: Study) -> None:
    """Begin a study in a folder, or make sure that the one there is the same; more evaluations are fine.

    Raises:
        PlanError: the base has changed since.
        CompressError: another search lies there, or the folder cannot be written.
    """
    if not (folder / "study.json").exists():
        _write(folder / "study.json", study.model_dump_json(indent=1) + "\n")
        return
    old = read_study(folder)
    if old.base != study.base:
        raise PlanError(
            f"{folder} belongs to another base: {old.base[:12]}, the model is {study.base[:12]} now",
            "Its evaluations say nothing about these weights. Search in a new folder.",
        )
    for name in (
        "strategy",
        "settings",
        "seed",
        "budget",
        "options",
        "plan",
        "objective",
        "fidelity",
        "below",
        "prior",
    ):
        if getattr(old, name) != getattr(study, name):
            raise CompressError(
                f"{folder} holds another search: its {name} differs"
                f" ({_short(getattr(old, name))}; asked for: {_short(getattr(study, name))})",
                "Repeat the old options to go on with it, or name a new folder.",
            )
    if study.evaluations < old.evaluations:
        raise CompressError(
            f"{folder} was asked for {old.evaluations} evaluations, now for {study.evaluations}",
            "A search can be made longer, not shorter.",
        )
    if study.evaluations > old.evaluations:
        _write(folder / "study.json", study.model_dump_json(indent=1) + "\n")


def run_study(
    folder: Path,
    study: Study,
    model: ModelMap,
    objective: Objective,
    sensitivity: Callable[[Space], Sensitivity],
    watcher: Watcher = lambda _search: None,
    information: Callable[[Space], Information] | None = None,
    helpers: Helpers | None = None,
) -> Search:
    """Run a search in its folder, or go on with it.

    Args:
        folder: where it lies or will lie.
        study: what is asked for.
        model: the map of the base.
        objective: (plan, fidelity) -> loss.
        sensitivity: measures the sensitivities of a space; asked once, and only by strategies that use them.
        watcher: called after every evaluation.
        information: measures the mutual information of every knob; QPruner asks.
        helpers: entered once the folder is open, left at the end: other processes that work on the plans of
            the board there (`board.py`). None measures everything in this process.

    Raises:
        PlanError: the budget is below the smallest plan, or the base has changed.
        CompressError: see `open_study`; another process searches in this folder; or every plan failed.
    """
    strategy = strategy_named(study.strategy, **study.settings)
    space = make_space(model, study.plan, study.options)
    require_budget(space, study.budget)
    with ExitStack() as stack:
        stack.enter_context(only_one(folder))
        open_study(folder, study)
        file = EvaluationFile(folder / "evaluations.jsonl")
        journal = Journal(folder / "journal.log", space, file.rows)
        pool = None
        if helpers is not None:
            board = stack.enter_context(Board(folder / BOARD))
            stack.enter_context(helpers())
            pool = board_pool(board, space, objective)

        def watch(search: Search) -> None:
            if not (folder / "study.json").exists():
                # The folder was taken away and is back: what was asked for belongs to its rows.
                _write(folder / "study.json", study.model_dump_json(indent=1) + "\n")
            journal.follow(file.rows)
            watcher(search)

        search = Search(
            space,
            study.budget,
            objective,
            lambda: _known_sensitivity(folder, study, space, sensitivity),
            file,
            study.evaluations,
            study.seed,
            study.fidelity,
            watch,
            pool,
            None if information is None else lambda: _known_information(folder, space, information),
            study.below,
        )
        run_strategy(strategy, search)
    if search.rows and not search.known():
        raise CompressError(
            f"every plan failed; the first: {search.rows[0].failure}",
            f"All of them are in {folder / 'evaluations.jsonl'}.",
        )
    return search


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Keep other searches out of a folder; the lock is gone with the process, however it ends.

    Raises:
        CompressError: one is at work there, or the folder cannot be made.
    """
    import fcntl

    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "search.lock").open("w", encoding="utf-8")
    except OSError as error:
        raise CompressError(f"{folder} cannot be written: {error.strerror}") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CompressError(
                f"another process searches in {folder}",
                "Wait for it, or help it from here with compress search-worker.",
            ) from None
        yield


def _known_sensitivity(
    folder: Path, study: Study, space: Space, measure: Callable[[Space], Sensitivity]
) -> Sensitivity:
    if not study.prior:
        return without_prior(space)
    path = folder / "sensitivity.json"
    if path.exists():
        try:
            known = _Measured.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            raise CompressError(f"{path} is broken", "Delete it to measure it anew.") from None
        return Sensitivity(known.losses, known.seconds)
    begun = time.perf_counter()
    found = measure(space)
    # What was read from a cache further back took longer when it was measured.
    seconds = max(found.seconds, time.perf_counter() - begun)
    _write(path, _Measured(seconds=seconds, losses=found.losses).model_dump_json() + "\n")
    return Sensitivity(found.losses, seconds)


def _known_information(folder: Path, space: Space, measure: Callable[[Space], Information]) -> Information:
    path = folder / "information.json"
    if path.exists():
        try:
            known = _Measured.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            raise CompressError(f"{path} is broken", "Delete it to measure it anew.") from None
        return Information(known.losses[0], known.seconds)
    begun = time.perf_counter()
    found = measure(space)
    seconds = max(found.seconds, time.perf_counter() - begun)
    _write(path, _Measured(seconds=seconds, losses=(found.values,)).model_dump_json() + "\n")
    return Information(found.values, seconds)


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise CompressError(f"{path} cannot be written: {error.strerror}") from None


def _short(value: Any) -> str:
    text = json.dumps(value, default=lambda item: item.model_dump(mode="json"))
    return text if len(text) < 80 else text[:77] + "..."
