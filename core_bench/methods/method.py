"""How an item is asked: a method is a folder of prompt templates with a version and a hash.

A folder holds `method.toml` (version, and for each shape: stop strings, token limit, where the answer
stands) and one template per shape and kind of item: `completion_sample.j2`, `completion_probe.j2`,
`chat_sample.j2`, `chat_probe.j2`. Templates see the fields of the item and the worked `examples`.
"""

import hashlib
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Literal

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from pydantic import ValidationError

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


class _Settings(Record):
    version: str
    description: str
    completion: ShapeSettings
    chat: ShapeSettings


class Example:
    """A worked example for a prompt, with the same fields that an item has, and its answer."""

    def __init__(self, kind: Kind, fields: dict[str, str]) -> None:
        self.call = fields["call"]
        self.answer = fields["answer"]
        self.thought = fields["thought"].strip()
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
        self.version = self._settings.version
        self.hash = _hash([*sorted(folder.glob("*.j2")), path, _FOLDER / "examples.toml"])
        self._templates = SandboxedEnvironment(
            loader=FileSystemLoader(folder),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,
        )

    def settings(self, shape: Shape) -> ShapeSettings:
        """Return stop strings, token limit and the place of the answer for a shape."""
        return self._settings.completion if shape == "completion" else self._settings.chat

    def render(self, item: Item, shape: Shape) -> str | tuple[Message, ...]:
        """Return the prompt: a text to be continued, or the messages of a chat."""
        text = self._templates.get_template(f"{shape}_{item.kind}.j2").render(
            examples=_examples()[item.kind],
            code=item.code.strip(),
            numbered_code=item.numbered_code,
            call=item.call,
            target=item.target,
            question=item.question,
        )
        return text if shape == "completion" else (Message("user", text),)


def load_method(name: str) -> Method:
    """Return a method by name; raises `CoreBenchError` that lists the known ones."""
    if name not in known_methods():
        raise CoreBenchError(f"there is no method {name}", f"Known methods: {', '.join(known_methods())}.")
    return Method(name, _FOLDER / name)


def known_methods() -> list[str]:
    """Return the names of the methods that ship with the package."""
    return sorted(path.parent.name for path in _FOLDER.glob("*/method.toml"))


@lru_cache(maxsize=1)
def _examples() -> dict[Kind, tuple[Example, ...]]:
    tables = tomllib.loads(read_text(_FOLDER / "examples.toml"))
    kinds: tuple[Kind, ...] = ("sample", "probe")
    return {kind: tuple(Example(kind, fields) for fields in tables[kind]) for kind in kinds}


def _hash(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
