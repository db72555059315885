"""Puts a page together: template, style, script and data in one HTML text that fetches nothing.

All that a program or a model can decide reaches the page as JSON in a data block that no browser executes,
and the scripts only ever make text of it. A content policy in the page names the hashes of its own style and
script, so that nothing else could run or be fetched even if some of that text were taken for markup.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

_SHARED = Path(__file__).resolve().parent
"""What several rooms' templates import: `parts.html`."""


def document(
    folder: Path,
    template: str,
    *,
    styles: Sequence[str],
    scripts: Sequence[str],
    data: Mapping[str, Any],
    **fields: Any,
) -> str:
    """Return the page as one HTML text that needs no other file and no network.

    Args:
        folder: where the template, its styles and its scripts stand.
        template: file name; it sees `style`, `script`, `policy`, `data` and `fields`, all escaped.
        styles: file names, put together in their order.
        scripts: file names, put together in their order, in one scope of their own.
        data: what the script reads from the data block.
        fields: what else the template shows.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader([folder, _SHARED]),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = "".join(_part(folder / name) for name in styles)
    parts = "".join(_part(folder / name) for name in scripts)
    script = f'"use strict";\n(() => {{\n{parts}}})();\n'  # one scope, and none of it global
    return environment.get_template(template).render(
        style=Markup(style),
        script=Markup(script),
        policy=f"default-src 'none'; img-src data:; style-src '{_hash(style)}'; script-src '{_hash(script)}'",
        data=Markup(_inert_json(data)),
        **fields,
    )


def printable(text: str) -> str:
    """Return text that can be written as UTF-8: a file name may hold bytes that are none."""
    return text.encode("utf-8", "backslashreplace").decode()


def _inert_json(data: Mapping[str, Any]) -> str:
    """Return JSON in pure ASCII that no HTML parser can take for markup."""
    text = json.dumps(data, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@lru_cache
def _part(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
