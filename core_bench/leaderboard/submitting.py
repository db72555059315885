"""Makes a submission out of run folders: every number in it is computed from the raw replies."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from core_bench.errors import CoreBenchError
from core_bench.jsonl import dump_row, read_text
from core_bench.leaderboard.bundle import pack
from core_bench.leaderboard.checking import metrics_of
from core_bench.leaderboard.submission import FORMAT, ModelCard, RunClaim, Submission
from core_bench.reports.view import RunView, read_runs
from core_bench.scoring.metrics import board_clusters

CARD_FIELDS: Mapping[str, str] = {
    "name": "name of the model",
    "organisation": "who made it",
    "access": "open (weights can be had) or api",
    "licence": "licence of the weights, or the terms of the API",
    "contact": "an address for questions",
}
"""What must be told, with words for a person who is asked."""


def make_submission(
    folders: Sequence[Path],
    card: Mapping[str, str | int | None],
    *,
    contact: str,
    created: str,
    suite: str | None = None,
) -> tuple[Submission, bytes]:
    """Return the submission and its bundle.

    Args:
        folders: complete runs of one suite.
        card: the fields of `ModelCard`.
        contact: an address for questions.
        created: the day, as YYYY-MM-DD.
        suite: name or path of the suite, where it is none of the shipped ones.

    Raises:
        CoreBenchError: a run is not complete, or a field is not what it should be.
    """
    _, views = read_runs(folders, suite)
    files: dict[str, str] = {}
    claims = []
    for number, view in enumerate(views):
        place = f"runs/{number}"
        found = _files(view)
        files |= {f"{place}/{name}": text for name, text in found.items()}
        digest = hashlib.sha256(found["replies.jsonl"].encode()).hexdigest()
        claims.append(
            {
                "folder": place,
                "replies_sha256": digest,
                "metrics": metrics_of(board_clusters(view.suite, view.outcomes)),
            }
        )
    try:
        submission = Submission(
            format=FORMAT,
            model=ModelCard.model_validate(dict(card)),
            contact=contact,
            created=created,
            runs=tuple(RunClaim.model_validate(claim) for claim in claims),
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise CoreBenchError(
            f"the submission's {'.'.join(map(str, first['loc'])) or 'card'}: {first['msg']}",
            "core-bench submit --help lists the fields and what they may hold.",
        ) from None
    files["submission.json"] = submission.model_dump_json(indent=1) + "\n"
    return submission, pack(files)


def _files(view: RunView) -> dict[str, str]:
    found = {
        "manifest.json": view.manifest.model_dump_json(indent=1) + "\n",
        "replies.jsonl": read_text(view.folder / "replies.jsonl"),
        "verdicts.jsonl": "".join(map(dump_row, view.verdicts.values())),
        "summary.json": view.summary.model_dump_json(indent=1) + "\n",
    }
    efficiency = view.folder / "efficiency.json"
    if efficiency.is_file():
        found["efficiency.json"] = read_text(efficiency)
    return found
