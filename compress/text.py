"""Text that is handed in: to calibrate on, to learn from, to measure on.

Three kinds come through one door. A corpus is a JSON Lines file with rows `{"form", "text", "answer_start",
"program"}`; plain files (`.py`, `.txt`) and folders of them are one document each; `stdlib` is the source
of Python's own standard library, the plain code that every machine has.
"""

import json
import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from compress.errors import CompressError

# Measured on, and never calibrated on or trained on. Chosen by their subjects, before anything was measured.
HELD_OUT_MODULES = (
    "heapq", "argparse", "ast", "calendar", "cmd", "configparser", "copy", "dataclasses", "decimal",
    "fractions", "functools", "getopt", "gettext", "glob", "hashlib", "imaplib", "ipaddress", "mailbox",
    "optparse", "pathlib", "pprint", "queue", "random", "sched", "statistics", "string", "tarfile",
    "tokenize", "typing", "zipfile",
)  # fmt: skip
CALIBRATION_MODULES = (
    "bisect", "textwrap", "shlex", "csv", "difflib", "json/decoder", "json/encoder", "abc", "base64", "bdb",
    "code", "codecs", "collections/__init__", "contextlib", "datetime", "dis", "enum", "filecmp", "fileinput",
    "fnmatch", "ftplib", "http/client", "http/cookies", "inspect", "linecache", "locale", "logging/__init__",
    "netrc", "numbers", "operator", "os", "pdb", "pickle", "platform", "plistlib", "posixpath", "profile",
    "pyclbr", "reprlib", "runpy", "selectors", "shelve", "shutil", "smtplib", "socket", "ssl", "stat",
    "subprocess", "symtable", "tempfile", "threading", "timeit", "trace", "traceback", "tracemalloc", "types",
    "uuid", "warnings", "wave", "weakref", "webbrowser", "xml/dom/minidom", "xml/etree/ElementTree", "zipapp",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """A text.

    Attributes:
        name: where it comes from.
        text: the whole text.
        answer_start: character where the part to be learned begins; None where all of it is.
        form: `output`, `trace` or `source`.
    """

    name: str
    text: str
    answer_start: int | None = None
    form: str = "source"


def read_documents(spec: str | Path, forms: Iterable[str] | None = None) -> tuple[Document, ...]:
    """Read texts from `stdlib`, `stdlib:held-out`, a corpus `.jsonl`, a text file, or a folder of text files.

    Args:
        spec: which of them.
        forms: of a corpus, take rows of these forms only.

    Raises:
        CompressError: there is nothing there, a row is broken, or nothing is left.
    """
    if spec in ("stdlib", "stdlib:held-out"):
        return standard_library("calibration" if spec == "stdlib" else "held-out")
    path = Path(spec)
    if path.suffix == ".jsonl":
        wanted = None if forms is None else set(forms)
        found = [row for row in _corpus(path) if wanted is None or row.form in wanted]
    elif path.is_dir():
        found = [_file(file) for file in sorted(path.rglob("*")) if file.suffix in (".py", ".txt", ".md")]
    else:
        found = [_file(path)]
    if not found:
        raise CompressError(
            f"{spec} holds no text", "A corpus, a text file, a folder of .py files, or stdlib."
        )
    return tuple(found)


def standard_library(part: Literal["calibration", "held-out"]) -> tuple[Document, ...]:
    """Return modules of this Python's standard library; the two parts share none."""
    names: Sequence[str] = CALIBRATION_MODULES if part == "calibration" else HELD_OUT_MODULES
    folder = Path(sysconfig.get_paths()["stdlib"])
    files = {name: folder / f"{name}.py" for name in names}
    # Packages of one Python are modules of another (zipfile, pathlib): take what this one has.
    files = {n: file if file.is_file() else folder / n / "__init__.py" for n, file in files.items()}
    return tuple(
        Document(name, file.read_text(encoding="utf-8")) for name, file in files.items() if file.is_file()
    )


def _corpus(path: Path) -> list[Document]:
    rows = []
    # Not `splitlines`: JSON keeps U+2028 and its like as they are, and a program may hold them.
    for number, line in enumerate(_read(path).removesuffix("\n").split("\n"), 1):
        try:
            row = json.loads(line)
            start = row.get("answer_start")
            document = Document(f"{row.get('program', number)}", str(row["text"]), start, str(row["form"]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CompressError(f"{path}, line {number}: no row of a corpus ({error})") from None
        if start is not None and not (isinstance(start, int) and 0 <= start < len(document.text)):
            raise CompressError(f"{path}, line {number}: answer_start {start} lies outside the text")
        rows.append(document)
    return rows


def _file(path: Path) -> Document:
    return Document(path.name, _read(path))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise CompressError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CompressError(f"{path} cannot be read: it is not UTF-8 text") from None
