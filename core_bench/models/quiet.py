"""Keeping transformers from writing over somebody else's terminal."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any


@contextmanager
def quiet_transformers() -> Iterator[None]:
    """Silence transformers' progress bars and advice while it loads; its errors are exceptions anyway.

    compressed-tensors draws bars of its own, which no setting turns off.

    The settings are process-wide, so they are put back afterwards: the caller may be a library user.
    """
    from transformers.utils import logging as transformers_logging

    logging: Any = transformers_logging
    verbosity = logging.get_verbosity()
    had_bars = logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with _no_bars(), warnings.catch_warnings():
            # What a library will rename is nothing that the reader of a run can mend.
            warnings.simplefilter("ignore", FutureWarning)
            yield
    finally:
        logging.set_verbosity(verbosity)
        if had_bars:
            logging.enable_progress_bar()


@contextmanager
def _no_bars() -> Iterator[None]:
    bar: Any = import_module("tqdm").tqdm
    begin = bar.__init__

    def begin_silently(self: Any, *given: Any, **named: Any) -> None:
        begin(self, *given, **{**named, "disable": True})

    bar.__init__ = begin_silently
    try:
        yield
    finally:
        bar.__init__ = begin
