"""Reads generation files of public benchmarks; a broken one is named with what is missing in it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args

from core_bench.errors import CoreBenchError
from core_bench.jsonl import read_text
from core_bench.scoring.published.work import Direction, Echo, Question, Work
from core_bench.suites.sources.missing_imports import with_imports
from core_bench.suites.sources.rows import Row, local_rows
from tracer import LiteralError, parse_literal

PublishedFormat = Literal["cruxeval", "livecodebench", "jsonl"]
FORMATS: tuple[str, ...] = get_args(PublishedFormat)


def read_published(
    kind: PublishedFormat,
    file: Path,
    data: Path,
    direction: Direction | None = None,
    echo: Echo | None = None,
) -> Work:
    """Read replies (`file`) to the samples of a benchmark (`data`).

    Args:
        kind: whose format both have.
        file: `cruxeval`, `livecodebench`: a JSON object {sample: [reply, ...]}, or one that holds it as
            `raw_generations`; `livecodebench`: also its list of rows with `pred_list`; `jsonl`: rows with
            `id` and `reply`.
        data: the benchmark's rows; for `jsonl`: rows with `id` and `gold`, and `problem` if samples belong
            together.
        direction: what was predicted; by default `input` if the file's name says so.
        echo: what becomes of replies that repeat the call; by default as in the published results.

    Raises:
        CoreBenchError: a file is missing, broken, or of another format, or the two do not belong together.
    """
    questions = _questions(kind, data)
    replies, reported = _jsonl_replies(file) if kind == "jsonl" else _mapped_replies(file)
    known = {question.id for question in questions}
    strangers = [name for name in replies if name not in known]
    if strangers:
        raise CoreBenchError(
            f"{file} has replies to {strangers[0]}, which {data} does not have"
            + (f" (and {len(strangers) - 1} more)" if len(strangers) > 1 else ""),
            "Give the data file that the replies were made for with --data.",
        )
    if not replies:
        raise CoreBenchError(f"{file} holds no replies")
    named: Direction = "input" if kind == "cruxeval" and "input" in file.name else "output"
    return Work(
        benchmark=kind,
        questions=tuple(question for question in questions if question.id in replies),
        replies=replies,
        direction=direction or named,
        echo=echo or ("dropped always" if kind == "livecodebench" else "wrong"),
        published=reported,
    )


def _questions(kind: PublishedFormat, data: Path) -> list[Question]:
    make = {"cruxeval": _cruxeval, "livecodebench": _livecodebench, "jsonl": _plain}[kind]
    questions = []
    for number, row in enumerate(local_rows(data), 1):
        try:
            question = make(row)
            parse_literal(question.gold)
        except KeyError as missing:
            raise CoreBenchError(
                f"{data}, row {number}: there is no field {missing}", f"Is this a {kind} data file?"
            ) from None
        except LiteralError as error:
            raise CoreBenchError(f"{data}, row {number}: the gold answer is no literal: {error}") from None
        questions.append(question)
    return questions


def _cruxeval(row: Row) -> Question:
    return Question(
        id=str(row["id"]),
        cluster=str(row["id"]),
        gold=str(row["output"]),
        code=str(row["code"]),
        call=f"f({row['input']})",
    )


def _livecodebench(row: Row) -> Question:
    return Question(
        id=str(row["id"]),
        cluster=str(row["question_id"]),
        gold=str(row["output"]),
        code=with_imports(f"{row['code']}\n"),
        entry_point=str(row["function_name"]),
        call=str(row["input"]),
    )


def _plain(row: Row) -> Question:
    return Question(id=str(row["id"]), cluster=str(row.get("problem", row["id"])), gold=str(row["gold"]))


def _mapped_replies(file: Path) -> tuple[dict[str, tuple[str, ...]], dict[str, float]]:
    try:
        loaded: Any = json.loads(read_text(file))
    except (ValueError, RecursionError) as error:
        raise CoreBenchError(f"{file}: this is no JSON: {error}") from None
    reported: dict[str, float] = {}
    if isinstance(loaded, Mapping) and "raw_generations" in loaded:
        for k in (1, 5):
            if isinstance(loaded.get(f"pass_at_{k}"), int | float):
                reported[f"pass@{k}"] = float(loaded[f"pass_at_{k}"])
        loaded = loaded["raw_generations"]
    if isinstance(loaded, list):
        loaded = {
            str(row.get("id", place)): row.get("pred_list")
            for place, row in enumerate(loaded)
            if isinstance(row, dict)
        }
    if not isinstance(loaded, Mapping):
        raise CoreBenchError(
            f"{file} holds no object of replies", 'It should look like {"sample_0": ["reply", ...]}.'
        )
    return {str(name): _texts(file, str(name), value) for name, value in loaded.items()}, reported


def _texts(file: Path, name: str, value: object) -> tuple[str, ...]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise CoreBenchError(f"{file}: the replies to {name} are no list of texts")
    return tuple(texts)


def _jsonl_replies(file: Path) -> tuple[dict[str, tuple[str, ...]], dict[str, float]]:
    replies: dict[str, tuple[str, ...]] = {}
    for number, row in enumerate(local_rows(file), 1):
        name, text = row.get("id"), row.get("reply")
        if name is None or not isinstance(text, str):
            raise CoreBenchError(f"{file}, row {number}: it should have the fields id and reply (a text)")
        replies[str(name)] = (*replies.get(str(name), ()), text)
    return replies, {}
