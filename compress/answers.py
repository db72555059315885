"""How likely a model finds given answers: the objective that a caller hands in as (prompt, answer) pairs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional

_BATCH_TOKENS = 4096


@dataclass(frozen=True, slots=True)
class AnswerLoss:
    """One answer, teacher forced.

    Attributes:
        nats: negative log-likelihood summed over the answer's tokens.
        tokens: number of them.
        greedy: each of them was the likeliest one, so that greedy decoding would write exactly this answer.
    """

    nats: float
    tokens: int
    greedy: bool


@torch.inference_mode()
def answer_losses(
    model: Any,
    tokenizer: Any,
    pairs: Sequence[tuple[str, str]],
    on_progress: Callable[[int, int], None] | None = None,
) -> list[AnswerLoss]:
    """Measure answers after their prompts; pairs of similar length share a batch, results keep the order.

    Where prompt and answer meet inside a token, that token counts to the answer.
    """
    encoded = [_encode(tokenizer, prompt, answer) for prompt, answer in pairs]
    order = sorted(range(len(pairs)), key=lambda number: len(encoded[number][0]))
    found: dict[int, AnswerLoss] = {}
    for group in _groups(order, [len(tokens) for tokens, _ in encoded]):
        found |= dict(zip(group, _measure(model, [encoded[number] for number in group]), strict=True))
        if on_progress is not None:
            on_progress(len(found), len(pairs))
    return [found[number] for number in range(len(pairs))]


def _encode(tokenizer: Any, prompt: str, answer: str) -> tuple[list[int], int]:
    whole = tokenizer(prompt + answer, add_special_tokens=False, return_offsets_mapping=True)
    ends = [end for _, end in whole["offset_mapping"]]
    first = next((number for number, end in enumerate(ends) if end > len(prompt)), len(ends) - 1)
    return whole["input_ids"], max(first, 1)


def _groups(order: Sequence[int], sizes: Sequence[int]) -> list[list[int]]:
    groups: list[list[int]] = []
    for number in order:
        if groups and (len(groups[-1]) + 1) * sizes[number] <= _BATCH_TOKENS:
            groups[-1].append(number)
        else:
            groups.append([number])
    return groups


def _measure(model: Any, group: Sequence[tuple[list[int], int]]) -> list[AnswerLoss]:
    longest = max(len(tokens) for tokens, _ in group)
    tokens = torch.zeros(len(group), longest, dtype=torch.int64)
    mask = torch.zeros_like(tokens)
    wanted = torch.zeros(len(group), longest - 1, dtype=torch.bool)
    for row, (ids, first) in enumerate(group):
        tokens[row, : len(ids)] = torch.tensor(ids)
        mask[row, : len(ids)] = 1
        wanted[row, first - 1 : len(ids) - 1] = True
    whole = model.get_base_model() if hasattr(model, "get_base_model") else model
    tokens, mask, wanted = (part.to(model.device) for part in (tokens, mask, wanted))
    hidden = whole.model(input_ids=tokens, attention_mask=mask, use_cache=False).last_hidden_state
    logits = whole.lm_head(hidden[:, :-1][wanted]).float()
    goal = tokens[:, 1:][wanted]
    nats = functional.cross_entropy(logits, goal, reduction="none")
    hits = logits.argmax(-1) == goal
    counts = wanted.sum(-1).tolist()
    return [
        AnswerLoss(float(part.sum()), int(count), bool(hit.all()))
        for part, hit, count in zip(nats.split(counts), hits.split(counts), counts, strict=True)
    ]
