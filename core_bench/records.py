"""Every stored thing is one of these typed, frozen records (DESIGN.md, "The words")."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from tracer import ExpressionQuery, Query
from variants import Link

SuiteSplit = Literal["dev", "test"]
Dimension = Literal["arithmetic", "logic", "state", "boundary"]
ProbeQuery = Query | ExpressionQuery
"""Every kind of query that the tracer answers: from a trace, or (of a sub-expression) from an observation."""

DIMENSIONS: tuple[Dimension, ...] = ("arithmetic", "logic", "state", "boundary")


class Record(BaseModel):
    """Frozen, and strict about unknown fields: a misspelt field is an error, not a silent default."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Problem(Record):
    """A task with an entry point and test inputs; its implementations refer to it by `id`.

    `inputs` are argument lists as one writes them between the parentheses of a call (`"[3, 1], 2"`).
    `split` decides who may look: compression and prompt choices see `dev`, reports are about `test`.
    """

    id: str
    title: str
    description: str
    entry_point: str
    topics: tuple[str, ...]
    inputs: tuple[str, ...]
    split: SuiteSplit
    origin: str
    licence: str


class Implementation(Record):
    """One program that solves a problem.

    `family` is `reference`, `alternate`, `variant` or the vendor of the model that wrote it. A variant
    names its `parent` implementation and the `chain` of transforms that leads from there to its code.
    """

    id: str
    problem: str
    family: str
    code: str
    parent: str | None = None
    chain: tuple[Link, ...] = ()


class Sample(Record):
    """Predict the output: (implementation, test input) with the gold literal of the returned value."""

    id: str
    problem: str
    implementation: str
    input: str
    gold: str


class Probe(Record):
    """Predict an intermediate state: (implementation, test input, query) with its gold literal.

    `question` is rendered from `query`, `gold` is evaluated from it; neither is ever written by hand.

    Attributes:
        phrasing: which of the phrasings of its kind rendered the question (`core_bench.suites.questions`).
        shared: name of the state question, the same for every implementation of the problem that is asked it
            (`core_bench.suites.matching`); None where only this implementation is. Its probes have one input,
            one gold and one phrasing: only the program differs.
    """

    id: str
    problem: str
    implementation: str
    input: str
    query: Annotated[ProbeQuery, Field(discriminator="kind")]
    question: str
    gold: str
    dimensions: tuple[Dimension, ...]
    phrasing: str = "question"
    shared: str | None = None


class LeftOut(Record):
    """What a suite was to be built from and does not hold.

    Attributes:
        what: `problem`, `implementation`, `inputs` (of a problem) or `question` (to an implementation).
        id: its id.
        reason: one of a few (`core_bench.suites.building.verify.Reason`), which are counted; of a question
            `observers differ` or `unconfirmed`.
        detail: what was seen; where observers differ, what each of them saw.
        input: the argument list that a question is about.
        query: a question to which the observers give two answers.
        count: how many questions a row stands for; None stands for one.
    """

    what: Literal["problem", "implementation", "inputs", "question"]
    id: str
    reason: str
    detail: str
    input: str | None = None
    query: Annotated[ProbeQuery, Field(discriminator="kind")] | None = None
    count: int | None = None


class Reply(Record):
    """The raw text that came back for one (item, method, epoch), with usage and timing.

    `finish` says why the text ended: `stop` (end of text or a stop string), `length` (the token limit),
    `refused` (the provider says so), `error` (no text; `error` has the reason). Times are in seconds.
    `round` counts the turns of a method that asks again; the reply of the last round is judged.
    `reasoning` is what a server tells of the model's thinking apart from the text; it holds no answer.
    """

    item: str
    method: str
    epoch: int = 0
    round: int = 0
    text: str
    finish: Literal["stop", "length", "refused", "error"]
    error: str | None = None
    reasoning: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    seconds: float | None = None
    first_token_seconds: float | None = None
    attempts: int = 1


class Likelihood(Record):
    """How likely a model finds the gold answer of one item: teacher forced, nothing is generated.

    `logprob` is the sum over the answer's `tokens`, in nats, the mark that ends the answer included;
    `greedy` tells whether each of them was the likeliest one. Where the gold is one of a few literals of its
    type (a bool, a digit), `choice` is the likeliest of these and `right` whether that is the gold.
    """

    item: str
    method: str
    epoch: int = 0
    logprob: float | None = None
    tokens: int = 0
    greedy: bool | None = None
    choice: str | None = None
    right: bool | None = None
    error: str | None = None


class Efficiency(Record):
    """What a run cost. Bytes, seconds, joules; what nobody could tell is None.

    A run that was continued has the sums of its parts, and the largest of the peaks. `prompt_tokens_asked`
    counts every prompt whole, `prompt_tokens_computed` what was computed once shared starts were reused.
    `prefill_seconds` and `decode_seconds` are sums over batches: batches side by side count each.
    `resident_bytes` are the bytes of the loaded weights.
    """

    parameters: int | None = None
    checkpoint_bytes: int | None = None
    resident_bytes: int | None = None
    bits_per_weight: float | None = None
    peak_rss_bytes: int | None = None
    peak_cuda_bytes: int | None = None
    load_seconds: float | None = None
    first_token_seconds: float | None = None
    prompt_tokens_asked: int = 0
    prompt_tokens_computed: int | None = None
    completion_tokens: int = 0
    prefill_seconds: float | None = None
    decode_tokens: int | None = None
    decode_seconds: float | None = None
    prefill_tokens_per_second: float | None = None
    decode_tokens_per_second: float | None = None
    replies: int = 0
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    energy_joules: float | None = None
    energy_source: str | None = None
    cost: float | None = None
    currency: str | None = None


class VerdictKind(StrEnum):
    """What became of a reply (DESIGN.md). Only `correct` counts as right; none is left out of a rate."""

    CORRECT = "correct"
    WRONG = "wrong"
    NO_ANSWER = "no_answer"
    TRUNCATED = "truncated"
    REFUSED = "refused"
    NOT_LITERAL = "not_literal"
    ENGINE_ERROR = "engine_error"


class Verdict(Record):
    """The judgement on one reply.

    `span` is where in the reply's text the `answer` was found, `rule` by which rule of docs/scoring.md.
    """

    item: str
    method: str
    epoch: int = 0
    verdict: VerdictKind
    answer: str | None = None
    span: tuple[int, int] | None = None
    rule: str | None = None


class EngineDescription(Record):
    """What an engine says of itself; all of it goes into the run's manifest.

    `identity` decides the replies (weights, revision, dtype, server address): a run is not continued
    when it differs. `environment` (library versions, hardware) is recorded for the reader.
    """

    engine: str
    model: str
    identity: dict[str, str | int | float | bool | None] = {}
    environment: dict[str, str | int | float | bool | None] = {}


class RunManifest(Record):
    """What one run is: all that decides its replies, and what a reader wants to know besides.

    A run folder is continued only by a run with the same `identity`. More epochs, another limit, other
    problems or another shard continue it, too. `feedback` says what made the method ask again in its
    `rounds`: the model's own check (`self`), its other attempts (`majority`), or a judge that knows the gold
    (`oracle`): another measure.
    """

    format: int
    suite: str
    suite_hash: str
    split: str
    limit: int | None = None
    problems: tuple[str, ...] = ()
    shard: str | None = None
    method: str
    method_path: str | None = None
    method_version: str
    method_hash: str
    feedback: Literal["none", "self", "majority", "oracle"] = "none"
    rounds: int = 0
    shape: Literal["chat", "completion"]
    temperature: float
    max_tokens: int
    epochs: int = 1
    seed: int = 0
    engine: EngineDescription
    core_bench: str
    python: str
    platform: str
    versions: dict[str, str] = {}
    hardware: dict[str, str | int] = {}
    git: str | None = None
    started: str

    @property
    def identity(self) -> dict[str, str | int | float | bool | None]:
        """What must be equal for two runs to be one."""
        return {
            "suite": self.suite,
            "suite hash": self.suite_hash,
            "split": self.split,
            "method": self.method,
            "prompts": self.method_hash,
            "shape": self.shape,
            "temperature": self.temperature,
            "max tokens": self.max_tokens,
            "seed": self.seed,
            "feedback": self.feedback,
            "rounds": self.rounds,
            "engine": self.engine.engine,
            "model": self.engine.model,
            **{f"engine {name}": value for name, value in self.engine.identity.items()},
        }
