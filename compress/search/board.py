"""The board: plans that wait to be measured, for any process that sees the folder.

It is an Optuna study in a journal file, whose lock makes a claim atomic, on one machine and on a shared file
system. One process leads: it runs the strategy, writes plans to the board, measures like the others while any
wait, and alone writes the evaluations. Helpers claim, measure and answer. A helper that is killed leaves its
plan claimed: after a patience the leader measures it itself. A leader that is killed finds the answers that
came meanwhile when the search is run again.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from compress.errors import CompressError
from compress.plan import Plan
from compress.search.answers import Answer, Objective, Pool, answer_of
from compress.search.space import Code, Space

# Asked whether to stop.
Stop = Callable[[], bool]

BOARD = "board.log"
_LOOK_AGAIN = 0.05
_PATIENCE = 60.0
_TIMES_LONGEST = 10.0


@dataclass(frozen=True, slots=True)
class Task:
    """A claimed plan; `trial` is its place on the board."""

    trial: int
    code: Code
    plan: str
    fidelity: int


class Board:
    """The board of one search.

    Raises:
        CompressError: on opening, the file cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        import optuna
        from optuna.storages import JournalStorage
        from optuna.storages.journal import JournalFileBackend

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._optuna, self._path = optuna, path
        try:
            self._storage: Any = JournalStorage(JournalFileBackend(str(path)))
            self._study: Any = optuna.create_study(
                storage=self._storage, study_name="board", direction="minimize", load_if_exists=True
            )
        except OSError as error:
            raise CompressError(f"{path} cannot be opened: {error.strerror}") from None
        self._id = self._study._study_id

    def __enter__(self) -> Self:
        self._study.set_user_attr("over", False)
        return self

    def __exit__(self, *_failure: object) -> None:
        # Helpers go home; where the folder is gone, they see that themselves.
        with suppress(OSError):
            if self._path.exists():
                self._study.set_user_attr("over", True)

    @property
    def over(self) -> bool:
        """The leader is done."""
        return bool(self._study.user_attrs.get("over"))

    def post(self, jobs: Sequence[tuple[Code, str, int]]) -> None:
        """Write (code, hash of the plan, fidelity) to the board, each once; claimed ones are not repeated."""
        there = {self._key(trial) for trial in self._trials()}
        for code, plan, fidelity in jobs:
            if (plan, fidelity) not in there:
                self._study.add_trial(
                    self._optuna.trial.create_trial(
                        state=self._optuna.trial.TrialState.WAITING,
                        user_attrs={"code": list(code), "plan": plan, "fidelity": fidelity},
                    )
                )

    def claim(self, by: str = "helper") -> Task | None:
        """Take the plan that has waited longest; None where none waits."""
        states = self._optuna.trial.TrialState
        for trial in self._trials():
            if trial.state != states.WAITING:
                continue
            try:
                if not self._storage.set_trial_state_values(trial._trial_id, states.RUNNING):
                    continue
            except self._optuna.exceptions.UpdateFinishedTrialError:
                continue
            self._storage.set_trial_user_attr(trial._trial_id, "by", by)
            attributes = trial.user_attrs
            return Task(
                trial._trial_id, tuple(attributes["code"]), attributes["plan"], attributes["fidelity"]
            )
        return None

    def answer(self, task: Task, answer: Answer) -> None:
        """Write what came of a task; whoever answers first is right."""
        states = self._optuna.trial.TrialState
        found = {"loss": answer.loss, "failure": answer.failure, "seconds": answer.seconds}
        try:
            self._storage.set_trial_user_attr(task.trial, "answer", found)
            if answer.loss is None:
                self._storage.set_trial_state_values(task.trial, states.FAIL)
            else:
                self._storage.set_trial_state_values(task.trial, states.COMPLETE, [answer.loss])
        except self._optuna.exceptions.UpdateFinishedTrialError:
            return

    def answers(self) -> dict[tuple[str, int], Answer]:
        """Return what was answered so far, by (hash of the plan, fidelity)."""
        return {
            self._key(trial): Answer(**trial.user_attrs["answer"])
            for trial in self._trials()
            if trial.state.is_finished() and "answer" in trial.user_attrs
        }

    def left_behind(self) -> set[tuple[str, int]]:
        """Return what an earlier leader had claimed and not answered."""
        running = self._optuna.trial.TrialState.RUNNING
        return {
            self._key(trial)
            for trial in self._trials()
            if trial.state == running and trial.user_attrs.get("by") == "leader"
        }

    def task_of(self, plan: str, fidelity: int) -> Task | None:
        """Return the task of a plan, whoever has claimed it."""
        for trial in self._trials():
            if self._key(trial) == (plan, fidelity):
                return Task(trial._trial_id, tuple(trial.user_attrs["code"]), plan, fidelity)
        return None

    def _trials(self) -> list[Any]:
        found: list[Any] = self._storage.get_all_trials(self._id, deepcopy=False)
        return found

    def _key(self, trial: Any) -> tuple[str, int]:
        return trial.user_attrs["plan"], trial.user_attrs["fidelity"]


def board_pool(board: Board, space: Space, objective: Objective, patience: float = _PATIENCE) -> Pool:
    """Return a pool that shares the work with whoever looks at the board.

    Args:
        board: where the plans are written.
        space: of the search.
        objective: how this process measures.
        patience: seconds to wait for a claimed plan, at least; ten times the longest so far, where that is
            more. Then it is measured here.
    """
    longest, lost = 0.0, False
    left_behind = board.left_behind()

    def from_board(job: tuple[Code, str, int], plan: Plan) -> Answer:
        code, name, fidelity = job
        since = time.monotonic()
        while (answer := board.answers().get((name, fidelity))) is None:
            task = board.claim("leader")
            if task is not None:
                board.answer(task, answer_of(objective, space.plan(task.code), task.fidelity))
                since = time.monotonic()
            elif (name, fidelity) in left_behind or (
                time.monotonic() - since > max(patience, _TIMES_LONGEST * longest)
            ):
                left = board.task_of(name, fidelity)
                mine = answer_of(objective, plan, fidelity)
                board.answer(left or Task(-1, code, name, fidelity), mine)
            else:
                time.sleep(_LOOK_AGAIN)
        return answer

    def measure(jobs: Sequence[tuple[Plan, int]]) -> Iterator[Answer]:
        nonlocal longest, lost
        named = [(space.code(plan), plan.hash(), fidelity) for plan, fidelity in jobs]
        try:
            if not lost:
                board.post(named)
        except OSError:
            lost = True
        for job, (plan, fidelity) in zip(named, jobs, strict=True):
            try:
                answer = None if lost else from_board(job, plan)
            except OSError:
                # The folder is gone. Its rows come back with the next one; helpers have to be started again.
                lost, answer = True, None
            answer = answer or answer_of(objective, plan, fidelity)
            longest = max(longest, answer.seconds)
            yield answer

    return measure


def help_out(
    board: Board, space: Space, objective: Objective, idle: float, stop: Stop = lambda: False
) -> int:
    """Measure what waits on a board until its search is over; return how many plans were measured.

    Args:
        board: where plans wait.
        space: of the search.
        objective: the same as the leader's.
        idle: seconds without a plan, after which to give up: the leader may have been killed.
        stop: asked between plans.

    Raises:
        CompressError: the board has vanished.
    """
    done, since = 0, time.monotonic()
    while not (stop() or board.over or time.monotonic() - since > idle):
        if not board._path.exists():
            raise CompressError(f"{board._path} has vanished", "Start the helper again when it is back.")
        task = board.claim()
        if task is None:
            time.sleep(4 * _LOOK_AGAIN)
            continue
        board.answer(task, answer_of(objective, space.plan(task.code), task.fidelity))
        done, since = done + 1, time.monotonic()
    return done
