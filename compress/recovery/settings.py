"""What decides a recovery."""

import hashlib
import json
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class RecoverySettings(BaseModel):
    """All that decides the outcome of a training run, besides model and text.

    Attributes:
        rank: rank of every adapted layer.
        ranks: other ranks, by block of the checkpoint; 0 adapts nothing there.
        alpha: LoRA's alpha divided by the rank.
        initialise: `zero` starts from the checkpoint as it is, `error` from the best low-rank answer to what
            quantisation lost (the idea of LoftQ; needs the base), `adapter` goes on with the adapter that
            the checkpoint ships.
        learn: loss on the part after `answer_start`, or on the whole `text`.
        tokens: tokens to train on, padding not counted.
        rate: highest learning rate.
        warmup: share of the tokens over which the rate rises; afterwards it falls as a cosine.
        batch: sequences in a step, at most.
        batch_tokens: padded tokens in a step, at most.
        length: longest sequence; longer source is cut into several, longer examples are left out.
        seed: decides the order of the text and the adapter's first values.
        dtype: type to compute in; None is the stored one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rank: int = Field(default=16, ge=0)
    ranks: dict[int, int] = Field(default_factory=dict)
    alpha: float = Field(default=2.0, gt=0)
    initialise: Literal["zero", "error", "adapter"] = "zero"
    learn: Literal["answer", "text"] = "answer"
    tokens: int = Field(default=200_000, ge=1)
    rate: float = Field(default=4e-4, gt=0)
    warmup: float = Field(default=0.05, ge=0, lt=1)
    batch: int = Field(default=16, ge=1)
    batch_tokens: int = Field(default=4096, ge=1)
    length: int = Field(default=512, ge=8)
    seed: int = 0

    def rank_of(self, block: int) -> int:
        """Return the rank in a block of the checkpoint."""
        return self.ranks.get(block, self.rank)

    def key(self, checkpoint: str, text: str) -> str:
        """Return a hash of everything that decides the run: a run is only continued with the same."""
        content = json.dumps([self.model_dump(mode="json"), checkpoint, text], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()
