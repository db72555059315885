"""Several processes on one search, and what happens when one of them dies."""

import multiprocessing
import os
import signal
import threading
import time
from contextlib import contextmanager

import pytest

from benchmarks.compress_search_toy import Toy, budget_of
from compress.errors import CompressError
from compress.search.board import BOARD, Board, board_pool, help_out
from compress.search.evaluations import read_evaluations
from compress.search.space import SpaceOptions
from compress.search.study import Study, only_one, run_study

pytest.importorskip("optuna")
TOY = Toy(2, blocks=3)
LOCAL = multiprocessing.get_context("spawn")


def stuck(plan, fidelity):
    time.sleep(600)


def helper(folder, objective):
    while not (folder / BOARD).exists():
        time.sleep(0.05)
    board = Board(folder / BOARD)
    while board.over:
        time.sleep(0.02)
    help_out(board, TOY.space, objective, idle=60)


def study_of(strategy, evaluations=24):
    return Study(
        base=TOY.model.base, strategy=strategy, seed=3, budget=budget_of(TOY, 3.5), evaluations=evaluations,
        options=SpaceOptions(), plan=TOY.space.base,
    )  # fmt: skip


def rows_of(folder):
    return [(row.plan, row.loss) for row in read_evaluations(folder / "evaluations.jsonl")]


@contextmanager
def no_helpers():
    yield


def test_helpers_find_what_one_process_finds(tmp_path):
    run_study(tmp_path / "one", study_of("autoqra"), TOY.model, TOY, TOY.sensitivity)
    (tmp_path / "two").mkdir()
    process = LOCAL.Process(target=helper, args=(tmp_path / "two", TOY))
    process.start()

    def patient(plan, fidelity):
        """Leave what waits to the helper until it has taken something: on a busy machine it begins late."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            trials = Board(tmp_path / "two" / BOARD)._trials()
            if not any(trial.state.name == "WAITING" for trial in trials):
                break
            if any(trial.user_attrs.get("by") == "helper" for trial in trials):
                break
            time.sleep(0.05)
        return TOY(plan, fidelity)

    try:
        found = run_study(
            tmp_path / "two", study_of("autoqra"), TOY.model, patient, TOY.sensitivity, helpers=no_helpers
        )
        process.join(30)
        assert process.exitcode == 0  # it goes home when the search is over
    finally:
        process.kill()
    assert rows_of(tmp_path / "two") == rows_of(tmp_path / "one")
    by = {trial.user_attrs["by"] for trial in Board(tmp_path / "two" / BOARD)._trials()}
    assert by == {"leader", "helper"}
    assert len(found.rows) == 24


def test_work_is_shared_by_threads_that_see_the_board(tmp_path):
    board = Board(tmp_path / BOARD)
    codes = [TOY.space.smallest(), TOY.space.largest(), *TOY.space.neighbours(TOY.space.smallest())]
    jobs = [(TOY.space.plan(code), 1) for code in codes]
    by_helper, begun = [], threading.Event()

    def helping_toy(plan, fidelity):
        begun.set()
        return TOY(plan, fidelity)

    def patient(plan, fidelity):
        begun.wait(60)
        return TOY(plan, fidelity)

    with board:
        helping = threading.Thread(
            target=lambda: by_helper.append(
                help_out(Board(tmp_path / BOARD), TOY.space, helping_toy, idle=60)
            )
        )
        helping.start()
        answers = list(board_pool(board, TOY.space, patient)(jobs))
    helping.join(20)
    assert [answer.loss for answer in answers] == [TOY(plan, 1) for plan, _ in jobs]
    assert by_helper[0] > 0


def test_a_killed_helper_loses_nothing(tmp_path):
    (tmp_path / "s").mkdir()
    board = Board(tmp_path / "s" / BOARD)
    plan = TOY.space.plan(TOY.space.smallest())
    with board:
        board.post([(TOY.space.smallest(), plan.hash(), 1)])
        process = LOCAL.Process(target=helper, args=(tmp_path / "s", stuck))
        process.start()
        deadline = time.monotonic() + 60
        while board._trials()[0].state.name != "RUNNING" and time.monotonic() < deadline:
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        answers = list(board_pool(board, TOY.space, TOY, patience=0.2)([(plan, 1)]))
    assert answers[0].loss == TOY(plan, 1)


def test_a_killed_leader_goes_on_from_the_board(tmp_path):
    asked = []

    def dying(plan, fidelity):
        if len(asked) == 5:
            raise KeyboardInterrupt
        asked.append(plan.hash())
        return TOY(plan, fidelity)

    study = study_of("random", 12)
    with pytest.raises(KeyboardInterrupt):
        run_study(tmp_path, study, TOY.model, dying, TOY.sensitivity, helpers=no_helpers)
    again = []

    def counting(plan, fidelity):
        again.append(plan.hash())
        return TOY(plan, fidelity)

    begun = time.monotonic()
    run_study(tmp_path, study, TOY.model, counting, TOY.sensitivity, helpers=no_helpers)
    assert time.monotonic() - begun < 45  # the claim of the dead leader is not waited for
    assert len(again) == 7
    assert not set(again) & set(asked)
    assert len(rows_of(tmp_path)) == 12


def test_failures_of_helpers_are_infeasible_plans(tmp_path):
    board = Board(tmp_path / BOARD)
    plan = TOY.space.plan(TOY.space.smallest())
    with board:
        answers = list(board_pool(board, TOY.space, lambda _plan, _fidelity: float("nan"))([(plan, 1)]))
    assert (answers[0].loss, answers[0].failure) == (None, "the objective is nan")


def test_only_one_search_at_a_time(tmp_path):
    with only_one(tmp_path), pytest.raises(CompressError, match="another process searches"):
        run_study(tmp_path, study_of("random"), TOY.model, TOY, TOY.sensitivity)
    assert not (tmp_path / "study.json").exists()


@pytest.mark.parametrize("helpers", [None, no_helpers])
def test_a_folder_that_vanishes_comes_back_whole(tmp_path, helpers):
    import shutil

    folder, study = tmp_path / "s", study_of("random", 10)
    asked = []

    def vanishing(plan, fidelity):
        asked.append(plan)
        if len(asked) == 4:
            shutil.rmtree(folder)
        return TOY(plan, fidelity)

    run_study(folder, study, TOY.model, vanishing, TOY.sensitivity, helpers=helpers)
    assert len(rows_of(folder)) == 10
    assert Study.model_validate_json((folder / "study.json").read_bytes()) == study
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    storage = JournalStorage(JournalFileBackend(str(folder / "journal.log")))
    assert len(optuna.load_study(study_name="search", storage=storage).trials) == 10


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(CompressError, match="cannot be written"):
        run_study(blocked / "s", study_of("random"), TOY.model, TOY, TOY.sensitivity)
