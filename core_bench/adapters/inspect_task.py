"""A task for inspect_ai: `inspect eval core_bench/core_bench`, or this file instead of the name.

The prompts are those of `core-bench run --shape chat`, the scorer is our judge. inspect_ai knows correct (C),
incorrect (I) and no answer (N); the verdict proper is in the score's metadata, and the metrics over problems
are made of the verdicts, epoch by epoch.
"""

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageUser, GenerateConfig, ModelOutput
from inspect_ai.scorer import (
    CORRECT,
    INCORRECT,
    NOANSWER,
    Metric,
    SampleScore,
    Score,
    Scorer,
    Target,
    Value,
    accuracy,
    metric,
    scorer,
    stderr,
)
from inspect_ai.solver import Generate, Solver, TaskState, solver

from core_bench.adapters.questions import METRICS, Finish, Questions, questions
from core_bench.engines.base import Message
from core_bench.items import Item
from core_bench.records import Reply, Verdict, VerdictKind
from core_bench.runs.rounds import goes_on

_VALUES = {
    VerdictKind.CORRECT: CORRECT,
    VerdictKind.WRONG: INCORRECT,
    VerdictKind.NOT_LITERAL: INCORRECT,
}
_FINISHES: dict[str, Finish] = {
    "max_tokens": "length",
    "model_length": "length",
    "content_filter": "refused",
}


@task
def core_bench(suite: str = "core-mini", split: str = "lite", method: str = "io") -> Task:
    """Predict outputs and states of programs.

    Args:
        suite: Name or path of a suite.
        split: One of its splits.
        method: How it is asked: io, cot, coc, rhda, or the path of a method.
    """
    asked = questions(suite, split, method, "chat")
    settings = asked.method.settings("chat")
    amendment = asked.method.amendment
    sampled = amendment is not None and amendment.hypotheses > 1  # greedy hypotheses would all be the same
    return Task(
        dataset=MemoryDataset([_sample(asked, item) for item in asked.items.values()], name=suite),
        solver=ask(suite, split, method),
        scorer=execution(suite, split, method),
        metrics=[accuracy(), stderr(cluster="problem"), core(suite, split, method)],
        config=GenerateConfig(
            temperature=0.8 if sampled else 0.0, max_tokens=settings.max_tokens, stop_seqs=list(settings.stop)
        ),
        version=asked.suite.header.version,
        metadata={"suite_hash": asked.suite.hash, "method_hash": asked.method.hash},
    )


@solver
def ask(suite: str, split: str, method: str) -> Solver:
    """Ask once; again, as often as the method wants, with the replies of the rounds before."""
    asked = questions(suite, split, method, "chat")
    place, amendment = asked.method.settings("chat").answer, asked.method.amendment

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state = await generate(state)
        history = [_reply(asked, state)]
        gold = asked.suite.golds[str(state.sample_id)]
        while (
            amendment is not None
            and len(history) < amendment.most
            and goes_on(
                history, place, gold if amendment.feedback == "oracle" else None, amendment.hypotheses
            )
        ):
            item = asked.items[str(state.sample_id)]
            state.messages = _messages(asked, item, [reply.text for reply in history])
            state = await generate(state)
            history.append(_reply(asked, state))
        return state

    return solve


@metric(scores="unreduced")
def core(suite: str, split: str, method: str) -> Metric:
    """Compute the metrics over problems and the share of every verdict (docs/scoring.md)."""
    asked = questions(suite, split, method, "chat")

    def compute(scores: list[SampleScore]) -> Value:
        if not scores:
            return {name: float("nan") for name in METRICS}
        return {**asked.metrics([_verdict(asked, score) for score in scores])}

    return compute


@scorer(metrics=[accuracy(), stderr(cluster="problem")])
def execution(suite: str, split: str, method: str) -> Scorer:
    """Judge the reply as data; nothing of it is executed."""
    asked = questions(suite, split, method, "chat")

    async def score(state: TaskState, target: Target) -> Score:
        del target  # it is the gold of the suite, which the judge knows
        verdict = asked.judged(_reply(asked, state))
        return Score(
            value=_VALUES.get(verdict.verdict, NOANSWER),
            answer=verdict.answer,
            explanation=state.output.completion if state.output.choices else None,
            metadata={
                "verdict": verdict.verdict.value,
                "rule": verdict.rule,
                "span": list(verdict.span) if verdict.span else None,
                "epoch": state.epoch,
            },
        )

    return score


def _sample(asked: Questions, item: Item) -> Sample:
    return Sample(
        id=item.id,
        input=_messages(asked, item),
        target=asked.suite.golds[item.id],
        metadata={
            "kind": item.kind,
            "problem": item.problem,
            "implementation": item.implementation,
            "family": asked.families[item.implementation],
            "dimensions": list(asked.dimensions.get(item.id, ())),
        },
    )


def _messages(asked: Questions, item: Item, earlier: list[str] | None = None) -> list[ChatMessage]:
    turns = asked.method.render(item, "chat", earlier or [])
    assert not isinstance(turns, str)
    return [_message(turn) for turn in turns]


def _message(turn: Message) -> ChatMessage:
    kind = ChatMessageAssistant if turn.role == "assistant" else ChatMessageUser
    return kind(content=turn.content)


def _reply(asked: Questions, state: TaskState) -> Reply:
    output: ModelOutput = state.output
    if output.error or not output.choices:
        finish: Finish = "error"
    else:
        finish = _FINISHES.get(output.stop_reason, "stop")
    text = "" if finish == "error" else output.completion
    return asked.reply(str(state.sample_id), text, finish, epoch=state.epoch)


def _verdict(asked: Questions, score: SampleScore) -> Verdict:
    told = score.score.metadata or {}
    return Verdict(
        item=str(score.sample_id),
        method=asked.method.name,
        epoch=told["epoch"],
        verdict=VerdictKind(told["verdict"]),
    )
