"""Why a submission is not taken: a code for programs and a sentence for people."""

from dataclasses import dataclass
from typing import Literal


class RefusedError(Exception):
    """A submission that cannot even be looked at further."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found: a `fault` refuses the submission, a `warning` asks a person to look."""

    level: Literal["fault", "warning"]
    code: str
    text: str
