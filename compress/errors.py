"""What can be wrong with a checkpoint, a plan or a machine, said to a person."""


class CompressError(ValueError):
    """Something the caller can mend: what was wrong and where, and what to do about it."""

    def __init__(self, problem: str, remedy: str | None = None) -> None:
        super().__init__(problem if remedy is None else f"{problem}\n{remedy}")
        self.problem = problem
        self.remedy = remedy


class CheckpointError(CompressError):
    """A folder that holds no readable checkpoint, with the reason."""


class UnsupportedModelError(CompressError):
    """A model whose parts are not known well enough to change them."""


class PlanError(CompressError):
    """A plan that cannot be carried out on this model."""


class ResourceError(CompressError):
    """There is not enough disk or memory for what was asked."""
