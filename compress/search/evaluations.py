"""Every evaluated plan, in a file that only grows.

One line of `evaluations.jsonl` is one plan at one fidelity. A line is on disk before the search goes on; a
line that a kill cut in half is dropped when the file is read again.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from compress.errors import CompressError
from compress.search.front import Point


class Evaluated(BaseModel):
    """One plan at one fidelity.

    Attributes:
        number: place in the file.
        plan: hash of the plan.
        code: its code in the space of the study.
        stage: what the strategy was doing, in one word or two.
        fidelity: 0 proxy, 1 right after quantisation, 2 after a short recovery, 3 full scores.
        loss: what the objective said; smaller is better; None where it failed.
        failure: why; such a plan is infeasible.
        bytes: predicted size of its files.
        proxy: expected loss from the sensitivities, where they were known by then.
        seconds: wall time of the objective.
        thought: wall time that the strategy took to propose it, measuring sensitivities included.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    plan: str
    code: tuple[int, ...]
    stage: str = ""
    fidelity: int = 1
    loss: float | None
    failure: str | None = None
    bytes: int
    proxy: float | None = None
    seconds: float
    thought: float = 0.0

    @property
    def point(self) -> Point:
        """(loss, bytes); failures are infinitely bad."""
        return (float("inf") if self.loss is None else self.loss, float(self.bytes))


class EvaluationFile:
    """The file of one study.

    Raises:
        CompressError: on opening, a line in the middle is broken.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows = read_evaluations(path)
        if path.exists():
            self._rewrite()

    @property
    def rows(self) -> tuple[Evaluated, ...]:
        """All rows, those of earlier runs included."""
        return tuple(self._rows)

    def append(self, row: Evaluated) -> None:
        """Add a row and wait until it is on disk.

        If the file has vanished meanwhile, all rows are written anew.

        Raises:
            CompressError: that is impossible too.
        """
        self._rows.append(row)
        try:
            if len(self._rows) > 1 and not self._path.exists():
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._rewrite()
                return
            with self._path.open("a", encoding="utf-8") as file:
                file.write(row.model_dump_json() + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise CompressError(
                f"{self._path} cannot be written: {error.strerror}",
                "What was written before is safe; run the same command again when the place is back.",
            ) from None

    def _rewrite(self) -> None:
        draft = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        draft.write_text("".join(row.model_dump_json() + "\n" for row in self._rows), encoding="utf-8")
        draft.replace(self._path)


def read_evaluations(path: Path) -> list[Evaluated]:
    """Read the rows of a study; a missing file has none.

    Raises:
        CompressError: a line that is not the last is broken, or the file cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise CompressError(f"{path} cannot be read: {error}") from None
    rows = []
    # What follows the last line break was being written when the process was killed.
    for number, line in enumerate(lines[:-1], 1):
        try:
            rows.append(Evaluated.model_validate_json(line))
        except ValidationError as error:
            raise CompressError(
                f"{path}, line {number} is no evaluation: {error.errors()[0]['msg']}"
            ) from None
    return rows


def measured(rows: Sequence[Evaluated], fidelity: int) -> list[Evaluated]:
    """Return the rows of one fidelity that did not fail."""
    return [row for row in rows if row.fidelity == fidelity and row.loss is not None]
