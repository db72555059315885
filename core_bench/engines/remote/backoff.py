"""How long to wait before asking a server again."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT = 60.0


def backoff(failures: int, first: float) -> float:
    """Return the pause in seconds after so many failures in a row: doubling, with jitter.

    The jitter (half to all of it) keeps requests that failed together from coming back together.

    Args:
        failures: At least 1.
        first: The pause after the first failure, before jitter.
    """
    return min(first * 2.0 ** (failures - 1), LONGEST_WAIT) * random.uniform(0.5, 1.0)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a server asks to wait, from its headers; None when it does not say."""
    for header, scale in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return max(0.0, float(headers[header]) * scale)
        except (KeyError, ValueError):
            continue
    try:
        moment = parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
