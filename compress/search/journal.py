"""The evaluations as an Optuna study, for its dashboard and its other tools."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from compress.search.evaluations import Evaluated
from compress.search.space import Space


class Journal:
    """The evaluations as an Optuna study in a journal file: parameters are indices, values loss and bytes."""

    def __init__(self, path: Path, space: Space, rows: Sequence[Evaluated]) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._optuna = optuna
        self._path, self._space = path, space
        self._study: Any = None
        self._there: set[object] = set()
        self.follow(rows)

    def follow(self, rows: Sequence[Evaluated]) -> None:
        """Add the rows that are not in the study yet; a file that has vanished is written anew."""
        if self._study is None or not self._path.exists():
            self._open()
        for row in rows:
            if row.number not in self._there:
                self.add(row)
                self._there.add(row.number)

    def _open(self) -> None:
        from optuna.storages import JournalStorage
        from optuna.storages.journal import JournalFileBackend

        self._study = self._optuna.create_study(
            storage=JournalStorage(JournalFileBackend(str(self._path))),
            study_name="search",
            directions=["minimize", "minimize"],
            load_if_exists=True,
        )
        self._there = {trial.user_attrs.get("number") for trial in self._study.get_trials(deepcopy=False)}

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
