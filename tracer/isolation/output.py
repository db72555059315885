"""The standard streams of a program. It can reach all that is in this module, so nothing else is in it."""

from io import StringIO


class OutputLimitError(BaseException):
    """More was printed than the limit allows; no `except Exception` of the program swallows it."""


class Capture(StringIO):
    """Keeps what is written, up to a limit.

    Attributes:
        left: how many characters may still be written, to this and to what shares its limit.
    """

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.left = limit
        self.text = ""

    def write(self, text: str) -> int:
        """Write, as a file does."""
        self.spend(len(text))
        return super().write(text)

    def spend(self, size: int) -> None:
        """Count characters; raises `OutputLimitError` where they are too many."""
        self.left -= size
        if self.left < 0:
            raise OutputLimitError

    def close(self) -> None:
        """Keep the text: a program may close its standard output."""
        if not self.closed:
            self.text = self.getvalue()
        super().close()

    def all(self) -> str:
        """Return what was written, closed or not."""
        return self.text if self.closed else self.getvalue()


class Errors(StringIO):
    """Forgets what is written, but counts it: standard error is no part of the output."""

    def __init__(self, capture: Capture) -> None:
        super().__init__()
        self._capture = capture

    def write(self, text: str) -> int:
        """Count."""
        self._capture.spend(len(text))
        return len(text)


class Input(StringIO):
    """An empty standard input that notes whether somebody asks.

    Attributes:
        asked: whether somebody did.
    """

    asked = False

    def read(self, size: int | None = -1, /) -> str:
        """Read nothing."""
        self.asked = True
        return super().read(size)

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
        """Read no line."""
        self.asked = True
        return super().readline(size)

    def __next__(self) -> str:  # type: ignore[override]
        self.asked = True
        return super().__next__()
