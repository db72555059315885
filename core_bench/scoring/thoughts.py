"""Finds where a model's thoughts end: `<think>` and its kin are never part of an answer."""

import re

_NAMES = "think(?:ing)?|thoughts?|reasoning|reflection|scratchpad"
_TAG = re.compile(rf"<(/?)(?:{_NAMES})>|\[(/?)THOUGHT\]|\[(/?)ANSWER\]", re.IGNORECASE)


def after_thoughts(text: str) -> int | None:
    """Return where the text after all thoughts begins; None if a thought never closes.

    A closing tag without an opening one ends a thought that the prompt had opened. Tags that stand inside an
    `[ANSWER]` block are data; only where another `[ANSWER]` follows was that block a part of the thought.
    The method's own `[THOUGHT]` may run into `[ANSWER]` without being closed; a model's `<think>` may not.
    """
    begin = 0
    opened: re.Match[str] | None = None
    inside_answer = False
    tags = list(_TAG.finditer(text))
    last_answer = max((tag.start() for tag in tags if tag.group().upper() == "[ANSWER]"), default=-1)
    for tag in tags:
        closing, name = "/" in tag.group(), tag.group().strip("[]<>/").upper()
        if name == "ANSWER":
            if opened is None:
                inside_answer = not closing
        elif closing:
            if opened is not None or not inside_answer or tag.start() < last_answer:
                opened, begin, inside_answer = None, tag.end(), False
        elif opened is None and not inside_answer:
            opened = tag
    if opened is None:
        return begin
    own = opened.group().startswith("[")
    answered = text.find("[ANSWER]", opened.end())
    return answered if own and answered >= 0 else None
