"""A search and its folder: what was asked, every evaluation, and the same as an Optuna study.

`study.json` says what was asked for, `evaluations.jsonl` holds every plan, `sensitivity.json` what was
measured before the search, and `journal.log` is an Optuna journal storage with the same trials, for its
dashboard and its other tools.
"""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from compress.errors import CompressError, PlanError
from compress.model_map import ModelMap
from compress.plan import Plan
from compress.search.answers import Objective
from compress.search.evaluations import Evaluated, EvaluationFile
from compress.search.search import Search, Watcher, run_strategy
from compress.search.sensitivity import Sensitivity
from compress.search.space import Space, SpaceOptions, make_space
from compress.search.strategies import strategy_named


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
    for name in ("strategy", "settings", "seed", "budget", "options", "plan", "objective"):
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
) -> Search:
    """Run a search in its folder, or go on with it.

    Args:
        folder: where it lies or will lie.
        study: what is asked for.
        model: the map of the base.
        objective: (plan, fidelity) -> loss.
        sensitivity: measures the sensitivities of a space; asked once, and only by strategies that use them.
        watcher: called after every evaluation.

    Raises:
        PlanError: the budget is below the smallest plan, or the base has changed.
        CompressError: see `open_study`; or every plan failed.
    """
    strategy = strategy_named(study.strategy, **study.settings)
    space = make_space(model, study.plan, study.options)
    known: Callable[[], Sensitivity] = lambda: _known_sensitivity(folder, space, sensitivity)  # noqa: E731
    open_study_checked(folder, study, space)
    file = EvaluationFile(folder / "evaluations.jsonl")
    journal = Journal(folder / "journal.log", space, file.rows)
    stored = len(file.rows)

    def watch(search: Search) -> None:
        nonlocal stored
        for row in file.rows[stored:]:
            journal.add(row)
        stored = len(file.rows)
        watcher(search)

    search = Search(space, study.budget, objective, known, file, study.evaluations, study.seed, watcher=watch)
    run_strategy(strategy, search)
    if search.rows and not search.known():
        raise CompressError(
            f"every plan failed; the first: {search.rows[0].failure}",
            f"All of them are in {folder / 'evaluations.jsonl'}.",
        )
    return search


def open_study_checked(folder: Path, study: Study, space: Space) -> None:
    """Open a study after its budget was found possible, so that a hopeless one leaves no folder."""
    from compress.search.repair import require_budget

    require_budget(space, study.budget)
    open_study(folder, study)


class Journal:
    """The evaluations as an Optuna study in a journal file: parameters are indices, values loss and bytes."""

    def __init__(self, path: Path, space: Space, rows: tuple[Evaluated, ...]) -> None:
        import optuna
        from optuna.storages import JournalStorage
        from optuna.storages.journal import JournalFileBackend

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._optuna = optuna
        self._space = space
        self._study = optuna.create_study(
            storage=JournalStorage(JournalFileBackend(str(path))),
            study_name="search",
            directions=["minimize", "minimize"],
            load_if_exists=True,
        )
        there = {trial.user_attrs.get("number") for trial in self._study.get_trials(deepcopy=False)}
        for row in rows:
            if row.number not in there:
                self.add(row)

    def add(self, row: Evaluated) -> None:
        """Add one evaluation as a finished trial."""
        trial = self._optuna.trial
        failed = row.loss is None
        self._study.add_trial(
            trial.create_trial(
                state=trial.TrialState.FAIL if failed else trial.TrialState.COMPLETE,
                values=None if failed else [row.loss, row.bytes],
                params={knob.name: index for knob, index in zip(self._space.knobs, row.code, strict=True)},
                distributions={
                    knob.name: self._optuna.distributions.IntDistribution(0, len(knob.choices) - 1)
                    for knob in self._space.knobs
                },
                user_attrs=row.model_dump(
                    include={"number", "plan", "stage", "fidelity", "seconds", "failure"}
                ),
            )
        )


def _known_sensitivity(folder: Path, space: Space, measure: Callable[[Space], Sensitivity]) -> Sensitivity:
    path = folder / "sensitivity.json"
    if path.exists():
        try:
            known = _Measured.model_validate_json(path.read_bytes())
            return Sensitivity(known.losses, known.seconds)
        except (OSError, ValidationError):
            raise CompressError(f"{path} is broken", "Delete it to measure it anew.") from None
    begun = time.perf_counter()
    found = measure(space)
    # What was read from a cache further back took longer when it was measured.
    seconds = max(found.seconds, time.perf_counter() - begun)
    _write(path, _Measured(seconds=seconds, losses=found.losses).model_dump_json() + "\n")
    return Sensitivity(found.losses, seconds)


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
