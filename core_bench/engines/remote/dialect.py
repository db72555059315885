"""What a server understands of the OpenAI parameters: from a table, and learned from its refusals."""

import re
from dataclasses import dataclass, replace
from typing import Literal

_REFUSAL = re.compile(
    r"unsupported|not supported|n.t support|not support|unknown|unrecogni[sz]ed|unexpected"
    r"|not permitted|not allowed"
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """Which parameters are sent.

    Attributes:
        limit: The name of the length limit. Reasoning models want `max_completion_tokens`.
        sends_stop: Whether stop strings are sent; they are applied to the reply in any case.
        sends_temperature: Whether the temperature is sent. Some models know only their own.
        sends_seed: Whether the seed of a sampled reply is sent.
        streams: Whether replies are asked for token by token, which tells the time to the first one.
    """

    limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    sends_stop: bool = True
    sends_temperature: bool = True
    sends_seed: bool = True
    streams: bool = False

    @property
    def left_out(self) -> str:
        """The parameters that are not sent, for the record; empty when all are."""
        sent = {"stop": self.sends_stop, "temperature": self.sends_temperature, "seed": self.sends_seed}
        return ",".join(name for name, is_sent in sent.items() if not is_sent)


_REASONING = Dialect(limit="max_completion_tokens", sends_stop=False, sends_temperature=False)
_KNOWN = ((re.compile(r"(^|/)(o\d|gpt-5(?!.*-chat))"), _REASONING),)
"""Names of models whose quirks are known; it only saves the first refusals."""


def first_dialect(model: str) -> Dialect:
    """Return what is known of a model before it was asked; plain OpenAI if nothing is."""
    return next((dialect for pattern, dialect in _KNOWN if pattern.search(model)), Dialect())


def adapt(dialect: Dialect, refusal: str) -> Dialect | None:
    """Return the dialect to try after a 400, or None when the refusal is about something else.

    A dialect only ever loses parameters, so asking again and again comes to an end.

    Args:
        dialect: What was sent.
        refusal: The server's words, with the name of the parameter somewhere in them.
    """
    words = refusal.lower()
    # "max_tokens is too large" is no refusal of the parameter: without it the request were no better.
    if not _REFUSAL.search(words):
        return None
    adapted = dialect
    if dialect.limit == "max_tokens" and re.search(r"\bmax_tokens\b", words):
        adapted = replace(adapted, limit="max_completion_tokens")
    if dialect.sends_stop and re.search(r"\bstop\b", words):
        adapted = replace(adapted, sends_stop=False)
    if dialect.sends_temperature and re.search(r"\btemperature\b", words):
        adapted = replace(adapted, sends_temperature=False)
    if dialect.sends_seed and re.search(r"\bseed\b", words):
        adapted = replace(adapted, sends_seed=False)
    if dialect.streams and re.search(r"\bstream", words):
        adapted = replace(adapted, streams=False)
    return None if adapted == dialect else adapted
