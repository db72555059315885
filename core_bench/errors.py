"""Errors that are meant for the person at the keyboard."""


class CoreBenchError(Exception):
    """Something the user can mend: what was wrong and where, and what to do about it.

    The command line prints it without a traceback and exits with code 2.
    """

    def __init__(self, problem: str, remedy: str | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        return self.problem if self.remedy is None else f"{self.problem}\n{self.remedy}"
