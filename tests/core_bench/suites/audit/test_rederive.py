"""REval's tasks are derived again by queries; CRUXEval's, and the figures, by `benchmarks.suite_rederive`."""

from benchmarks import suite_rederive


def test_every_task_of_reval_at_hand_is_what_a_plain_execution_gives(bench_data, capsys):
    assert suite_rederive.reval() == 0
    said = capsys.readouterr().out
    for kind, count in {"coverage": 481, "state": 481, "path": 481, "output": 186}.items():
        assert f"REval {kind}: {count} of {count} agree" in said
