"""What the answers cost, and the cap on it."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from core_bench.engines.base import Request
from core_bench.errors import CoreBenchError
from core_bench.jsonl import read_text
from core_bench.records import Record

_CHARACTERS_A_TOKEN = 2.5
"""Fewer than a token of English or code has: an estimate that is rather too dear than too cheap."""


class Price(Record):
    """Of a model, for a million tokens."""

    input: float
    output: float
    batch_discount: float = 0.5


class PriceTable(Record):
    """The file of `--prices`."""

    currency: str
    models: dict[str, Price]


def read_price(path: Path, model: str) -> tuple[Price, str]:
    """Return the price of a model and its currency.

    Raises:
        CoreBenchError: The file is no price table, or does not have the model.
    """
    try:
        table = PriceTable.model_validate(tomllib.loads(read_text(path)))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        first = str(error).splitlines()[0]
        raise CoreBenchError(
            f"{path} is no price table: {first}", "docs/engines.md tells its form."
        ) from None
    if model not in table.models:
        raise CoreBenchError(
            f"{path} has no price for {model}", f"It has: {', '.join(sorted(table.models))}."
        )
    return table.models[model], table.currency


def estimated_tokens(request: Request) -> float:
    """Return about how many tokens the prompt has, rather too many than too few."""
    texts = [request.prompt] if isinstance(request.prompt, str) else [turn.content for turn in request.prompt]
    return sum(map(len, texts)) / _CHARACTERS_A_TOKEN + 10 * len(texts)


@dataclass(frozen=True, slots=True)
class Reservation:
    """What a request in flight may cost at most."""

    amount: float


class Purse:
    """Money spent and money promised to requests in flight; together they stay below the cap."""

    def __init__(
        self, price: Price | None, currency: str | None, cap: float | None, *, batch: bool = False
    ) -> None:
        self.currency = currency
        self.spent = 0.0
        self._price = price
        self._cap = cap
        self._promised = 0.0
        self._factor = price.batch_discount if price is not None and batch else 1.0

    @property
    def knows_prices(self) -> bool:
        """Whether costs can be told at all."""
        return self._price is not None

    def most(self, request: Request) -> float:
        """Return what a request can cost at most."""
        return self._amount(estimated_tokens(request), request.max_tokens)

    def allows(self, amount: float) -> bool:
        """Tell whether so much more may be promised."""
        return self._cap is None or self.spent + self._promised + amount <= self._cap

    @property
    def may_recover(self) -> bool:
        """Whether requests in flight may turn out cheaper than promised."""
        return self._promised > 0

    def promise(self, amount: float) -> None:
        """Set so much aside."""
        self._promised += amount

    def settle(self, promised: float, prompt_tokens: int | None, completion_tokens: int | None) -> None:
        """Replace a promise by what it came to; without counts nothing was charged that we know of."""
        self._promised = max(0.0, self._promised - promised)
        self.spent += self._amount(prompt_tokens or 0, completion_tokens or 0)

    def exhausted(self) -> CoreBenchError:
        """Return the error that ends the run."""
        return CoreBenchError(
            f"the spending cap is reached: {self.spent:.4f} of {self._cap:g} {self.currency} are spent, "
            "and the next request could go beyond it",
            "Every reply so far is kept. Run the same command with a higher --max-cost to go on.",
        )

    def _amount(self, prompt: float, completion: float) -> float:
        if self._price is None:
            return 0.0
        return self._factor * (prompt * self._price.input + completion * self._price.output) / 1e6
