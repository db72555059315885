"""Puts what a benchmark prints between two marks of a page, so that no number there is typed by hand."""

import re
from pathlib import Path


def put(text: str, file: Path, name: str) -> None:
    """Replace what stands between the marks of that name, which are HTML comments on lines of their own."""
    marks = re.compile(rf"(<!-- {name}: begin.*?-->\n).*?(<!-- {name}: end -->)", re.DOTALL)
    whole = file.read_text()
    if not marks.search(whole):
        raise SystemExit(f"{file} has no lines <!-- {name}: begin --> and <!-- {name}: end -->")
    file.write_text(marks.sub(lambda found: f"{found[1]}\n{text}\n\n{found[2]}", whole))
