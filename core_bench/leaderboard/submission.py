"""What a submission is: who stands behind it, what model it is, and what it claims for which runs."""

import json
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from core_bench.records import Record, RunManifest

FORMAT = 1
_PLAIN = r"^[A-Za-z0-9][A-Za-z0-9 ._/+:@(),-]*$"
"""What a name may hold: nothing that a page, a shell or a file system could take for more than a name."""

Name = Annotated[str, StringConstraints(pattern=_PLAIN, max_length=80)]
Text = Annotated[str, StringConstraints(max_length=2_000)]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12,64}$")]

ORACLE_METHODS = ("rhda-oracle",)
"""Methods that tell the model whether it was right before the answer that counts: a track of their own."""


class _Strict(Record):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, ser_json_inf_nan="constants")


class ModelCard(_Strict):
    """The model as its submitter describes it. `parameters` is the number of weights, None where unknown."""

    name: Name
    organisation: Name
    access: Literal["open", "api"]
    licence: Name
    parameters: Annotated[int, Field(ge=1, le=10**14)] | None = None
    base_model: Name | None = None
    compression_plan: Hash | None = None
    notes: Text = ""

    @property
    def compressed(self) -> bool:
        """Whether this is a smaller edition of another model."""
        return self.compression_plan is not None


class RunClaim(_Strict):
    """One run and the numbers that are claimed for it; all of them are computed again by whoever checks.

    `metrics` holds I, I_s, W, W_s, RCS, Cons, `samples` and `probes` as shares, null over nothing.
    """

    folder: Annotated[str, StringConstraints(pattern=r"^runs/\d{1,3}$")]
    replies_sha256: Hash
    metrics: dict[str, Annotated[float, Field(ge=0, le=1)] | None]


class Submission(_Strict):
    """`submission.json` of a bundle."""

    format: Literal[1]
    model: ModelCard
    contact: Annotated[str, StringConstraints(pattern=r"^[^\s<>\"'&]{3,120}$")]
    created: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\d$")]
    runs: Annotated[tuple[RunClaim, ...], Field(min_length=1, max_length=50)]


class Track(Record):
    """Which entries are compared with which: only those of one track."""

    access: Literal["open", "api"]
    method: str
    feedback: Literal["none", "oracle"]
    compressed: bool

    @property
    def title(self) -> str:
        """The track in words."""
        oracle = ", oracle feedback" if self.feedback == "oracle" else ""
        return f"{self.access}, {self.method}{oracle}{', compressed' if self.compressed else ''}"


def track(model: ModelCard, manifest: RunManifest) -> Track:
    """Return the track of one run; the method decides about feedback, not the submitter."""
    return Track(
        access=model.access,
        method=manifest.method,
        feedback="oracle" if manifest.method in ORACLE_METHODS or manifest.feedback == "oracle" else "none",
        compressed=model.compressed,
    )


def schema() -> dict[str, Any]:
    """Return the JSON schema of `submission.json`, as it is published in docs/leaderboard."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"core-bench submission, format {FORMAT}",
        **Submission.model_json_schema(),
    }


def schema_text() -> str:
    """Return the schema as the text of its file."""
    return json.dumps(schema(), indent=1) + "\n"
