"""How an item is asked: a method is a folder of prompt templates with a version and a hash.

A folder holds `method.toml` (version, and for each shape: stop strings, token limit, where the answer
stands) and one template per shape and kind of item: `completion_sample.j2`, `completion_probe.j2`,
`chat_sample.j2`, `chat_probe.j2`. Templates see the fields of the item and the worked `examples`: those of
`examples.toml` in the folder, else ours. A method that asks again has a table `[amendment]` and the templates
`chat_amend.j2` and `completion_amend.j2`. docs/methods.md tells how to write one.
"""

import copy
import hashlib
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal, Self

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from pydantic import Field, ValidationError, model_validator

from core_bench.engines.base import Message, Shape
from core_bench.errors import CoreBenchError
from core_bench.items import Item, Kind
from core_bench.jsonl import read_text
from core_bench.records import Record

_FOLDER = Path(__file__).resolve().parent / "templates"

AnswerPlace = Literal["start", "tagged"]
"""`start`: the reply begins with the literal; `tagged`: the answer stands in an `[ANSWER]` block."""


class ShapeSettings(Record):
    """How a method asks in one shape."""

    stop: tuple[str, ...]
    max_tokens: int
    answer: AnswerPlace


Feedback = Literal["none", "self", "majority", "oracle"]
"""What makes a method ask again: nothing, its own check, other attempts, or a judge that knows the gold."""


class Amendment(Record):
    """How a method asks again.

    `self` asks the model to check its answer until it gives the same one twice. `majority` samples so many
    `hypotheses` independently, and asks for amendments of the last one if no answer has more than half of
    them. `oracle` asks again as long as the answer is wrong, which tells the model something that only the
    gold knows. `rounds` is how often the model is asked to amend at most.
    """

    feedback: Literal["self", "majority", "oracle"]
    rounds: int = Field(ge=1)
    hypotheses: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _has_hypotheses(self) -> Self:
        if (self.feedback == "majority") != (self.hypotheses > 1):
            raise ValueError("feedback = 'majority' needs at least 2 hypotheses, and only it has them")
        return self

    @property
    def most(self) -> int:
        """How often an item is asked at most."""
        return self.hypotheses + self.rounds


class _Settings(Record):
    version: str
    description: str
    base: str | None = None
    completion: ShapeSettings
    chat: ShapeSettings
    amendment: Amendment | None = None


class Example:
    """A worked example for a prompt, with the same fields that an item has, and its answer."""

    def __init__(self, kind: Kind, fields: dict[str, str]) -> None:
        self.call = fields["call"]
        self.answer = fields["answer"]
        self.thought = fields.get("thought", "").strip()
        self.trace = fields.get("trace", "").strip()
        self.question = fields.get("question")
        self.target = fields.get("target", self.call)
        entry_point, _, arguments = self.call.rstrip(")").partition("(")
        code = fields["code"].strip()
        item = Item("", kind, "", "", code, entry_point, arguments, self.target, self.question)
        self.code = code
        self.numbered_code = item.numbered_code


class Method:
    """A way of asking; `hash` covers the settings, the templates and the examples."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._folder = folder
        path = folder / "method.toml"
        try:
            self._settings = _Settings.model_validate(tomllib.loads(read_text(path)))
        except (tomllib.TOMLDecodeError, ValidationError) as error:
            raise CoreBenchError(f"{path}: {error}") from None
        folders = [folder]
        if self._settings.base is not None:
            folders.append(_FOLDER / self._settings.base)
        own = folder / "examples.toml"
        examples = own if own.is_file() else _FOLDER / "examples.toml"
        self._examples = _read_examples(examples)
        self.version = self._settings.version
        self.hash = _hash([*(path for each in folders for path in sorted(each.glob("*.j2"))), path, examples])
        self._templates = SandboxedEnvironment(
            loader=FileSystemLoader(folders),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,
        )

    def with_rounds(self, rounds: int) -> "Method":
        """Return the method asking again so many times at most.

        Raises:
            CoreBenchError: it is no method that asks again.
        """
        if self._settings.amendment is None:
            raise CoreBenchError(
                f"the method {self.name} does not ask again", "--rounds is for rhda and its like."
            )
        changed = copy.copy(self)
        amendment = self._settings.amendment.model_copy(update={"rounds": rounds})
        changed._settings = self._settings.model_copy(update={"amendment": amendment})
        return changed

    @property
    def amendment(self) -> Amendment | None:
        """How it asks again; None if it does not."""
        return self._settings.amendment

    def settings(self, shape: Shape) -> ShapeSettings:
        """Return stop strings, token limit and the place of the answer for a shape."""
        return self._settings.completion if shape == "completion" else self._settings.chat

    def render(self, item: Item, shape: Shape, earlier: Sequence[str] = ()) -> str | tuple[Message, ...]:
        """Return the prompt: a text to be continued, or the messages of a chat.

        Args:
            item: What is asked.
            shape: The kind of prompt.
            earlier: The replies of the rounds before, if the method asks again. Hypotheses do not see each
                other; amendments go on from the last one.

        Raises:
            CoreBenchError: A template is missing or broken.
        """
        fields: dict[str, object] = {
            "examples": self._examples[item.kind],
            "code": item.code.strip(),
            "numbered_code": item.numbered_code,
            "call": item.call,
            "target": item.target,
            "question": item.question,
        }
        first = self._fill(f"{shape}_{item.kind}.j2", fields)
        alone = self.amendment.hypotheses - 1 if self.amendment is not None else 0
        earlier = earlier[alone:]
        again = [self._fill(f"{shape}_amend.j2", fields)] * len(earlier) if earlier else []
        if shape == "completion":
            return first + "".join(
                reply.rstrip("\n") + amend for reply, amend in zip(earlier, again, strict=True)
            )
        turns = [Message("user", first)]
        for reply, amend in zip(earlier, again, strict=True):
            turns += [Message("assistant", reply), Message("user", amend)]
        return tuple(turns)

    def _fill(self, name: str, fields: dict[str, object]) -> str:
        try:
            return self._templates.get_template(name).render(fields)
        except TemplateError as error:
            raise CoreBenchError(
                f"the template {name} of the method {self.name} fails: {type(error).__name__}: {error}",
                "docs/methods.md lists the templates of a method and what they may use.",
            ) from None


def load_method(name: str) -> Method:
    """Return a method by its name, or by the path of a folder of one's own.

    Raises:
        CoreBenchError: There is none (the known ones are listed), or its folder is broken.
    """
    if name in known_methods():
        return Method(name, _FOLDER / name)
    folder = Path(name).expanduser()
    if (folder / "method.toml").is_file():
        called = folder.resolve().name
        if called in known_methods():
            raise CoreBenchError(
                f"{folder} is called like the method {called} that ships with core-bench",
                "Give the folder a name of its own: reports tell methods apart by name.",
            )
        return Method(called, folder)
    if folder.is_dir():
        raise CoreBenchError(f"{folder} is no method: it holds no method.toml")
    raise CoreBenchError(
        f"there is no method {name}",
        f"Known methods: {', '.join(known_methods())}; or give the path of a method's folder.",
    )


def known_methods() -> list[str]:
    """Return the names of the methods that ship with the package."""
    return sorted(path.parent.name for path in _FOLDER.glob("*/method.toml"))


@lru_cache(maxsize=8)
def _read_examples(path: Path) -> dict[Kind, tuple[Example, ...]]:
    kinds: tuple[Kind, ...] = ("sample", "probe")
    try:
        tables = tomllib.loads(read_text(path))
        return {kind: tuple(Example(kind, fields) for fields in tables[kind]) for kind in kinds}
    except tomllib.TOMLDecodeError as error:
        raise CoreBenchError(f"{path}: {error}") from None
    except KeyError as error:
        raise CoreBenchError(
            f"{path}: {error} is missing", "docs/methods.md tells what examples hold."
        ) from None


def _hash(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
