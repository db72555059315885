"""What is asked, and how: the options that `run` and `serve-and-run` share."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_type_hints

import typer

if TYPE_CHECKING:
    from core_bench.cli.running import Plan
    from core_bench.engines import Shape


@dataclass(frozen=True, slots=True)
class Asked:
    """One field an option; the annotations are what the command line says about them."""

    suite: Annotated[str, typer.Option(help="Name of a shipped suite, or the path of one.")] = "core-mini"
    split: Annotated[str, typer.Option(help="lite, full, dev or test.")] = "lite"
    method: Annotated[
        str,
        typer.Option(
            help="How to ask: io (answer alone), cot (thought first), coc (trace first), "
            "rhda (checks itself), rhda-majority (until most sampled attempts agree), "
            "rhda-oracle (wrong answers are asked again), or the path of a folder of your own."
        ),
    ] = "io"
    shape: Annotated[
        Literal["auto", "chat", "completion"], typer.Option(help="Kind of prompts; auto suits the model.")
    ] = "auto"
    out: Annotated[
        Path | None, typer.Option(help="The run's folder. [default: runs/SUITE/SPLIT/MODEL-METHOD-SHAPE]")
    ] = None
    limit: Annotated[int | None, typer.Option(min=1, help="Ask only the first N items.")] = None
    problems: Annotated[
        str | None, typer.Option(help="Ask only about these problems, separated by commas.")
    ] = None
    shard: Annotated[
        str | None,
        typer.Option(help="i/n: ask only the i-th of n parts; core-bench merge puts them together."),
    ] = None
    score: Annotated[
        Literal["answers", "loglik", "both"],
        typer.Option(help="answers: what the model writes; loglik: how likely it finds the gold answers."),
    ] = "answers"
    temperature: Annotated[
        float, typer.Option(min=0.0, help="0 takes the likeliest token, more samples.")
    ] = 0.0
    epochs: Annotated[
        int | None,
        typer.Option(min=1, help="Ask everything so often. [default: 1, or 3 where it is sampled]"),
    ] = None
    seed: Annotated[int, typer.Option(help="Of the sampling, for engines that take one.")] = 0
    rounds: Annotated[int | None, typer.Option(min=1, help="rhda: how often to ask again at most.")] = None
    max_tokens: Annotated[
        int | None, typer.Option(min=1, help="The longest reply. [default: the method's]")
    ] = None

    def plan(self, model: str, shape: "Shape | None" = None) -> "Plan":
        """Return the plan of a run with this model.

        Args:
            model: As `core-bench run --model` takes it.
            shape: What `auto` means; None leaves it to the model's name.
        """
        from core_bench.cli.running import Plan

        chosen = {each.name: getattr(self, each.name) for each in fields(self)}
        chosen["shape"] = shape if shape is not None and self.shape == "auto" else self.shape
        chosen["problems"] = tuple(part.strip() for part in (self.problems or "").split(",") if part.strip())
        chosen["epochs"] = self.epochs or (3 if self.temperature > 0 else 1)
        return Plan(model=model, **chosen)


def with_asked(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command whose parameter `asked` is an `Asked` one option a field in its place."""
    hints = get_type_hints(Asked, include_extras=True)
    options = [
        inspect.Parameter(
            each.name, inspect.Parameter.KEYWORD_ONLY, default=each.default, annotation=hints[each.name]
        )
        for each in fields(Asked)
    ]
    parameters: list[inspect.Parameter] = []
    for own in inspect.signature(command).parameters.values():
        parameters += options if own.name == "asked" else [own.replace(kind=inspect.Parameter.KEYWORD_ONLY)]

    def whole(**given: Any) -> None:
        asked = Asked(**{option.name: given.pop(option.name) for option in options})
        command(asked=asked, **given)

    whole.__name__, whole.__doc__ = command.__name__, command.__doc__
    whole.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    whole.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return whole
