"""What a person wants to see while a run goes on: speed, accuracy so far, verdicts, cost, time left."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from core_bench.methods import AnswerPlace
from core_bench.records import Reply, VerdictKind
from core_bench.scoring import judge

_SHORT = {
    VerdictKind.WRONG: "wrong",
    VerdictKind.NO_ANSWER: "no answer",
    VerdictKind.TRUNCATED: "cut off",
    VerdictKind.REFUSED: "refused",
    VerdictKind.NOT_LITERAL: "no literal",
    VerdictKind.ENGINE_ERROR: "failed",
}


class Tally:
    """Judges replies as they come; only for the eye, the score is made from the files afterwards."""

    def __init__(
        self,
        golds: Mapping[str, str],
        place: AnswerPlace,
        cost: Callable[[], tuple[float | None, str | None]] = lambda: (None, None),
    ) -> None:
        self._golds = golds
        self._place: AnswerPlace = place
        self._cost = cost
        self._verdicts: Counter[VerdictKind] = Counter()
        self._tokens = 0
        self._started = time.monotonic()
        self.misfits: list[str] = []

    def take(self, replies: Sequence[Reply]) -> None:
        """Count a group of replies."""
        for reply in replies:
            self._verdicts[judge(reply, self._golds[reply.item], self._place).verdict] += 1
            self._tokens += reply.completion_tokens or 0
            if reply.finish == "error" and "context window" in (reply.error or ""):
                self.misfits.append(reply.item)

    def text(self) -> str:
        """Return it in one line; empty before the first reply."""
        asked = sum(self._verdicts.values())
        if not asked:
            return ""
        parts = [f"{100 * self._verdicts[VerdictKind.CORRECT] / asked:.0f} % right"]
        parts += [
            f"{100 * count / asked:.0f} % {_SHORT[kind]}"
            for kind, count in self._verdicts.most_common()
            if kind in _SHORT
        ]
        elapsed = time.monotonic() - self._started
        if self._tokens and elapsed > 0.5:
            parts.append(f"{self._tokens / elapsed:.0f} tokens/s")
        cost, currency = self._cost()
        if cost is not None:
            parts.append(f"{cost:.4f} {currency or ''}".rstrip())
        return ", ".join(parts)
