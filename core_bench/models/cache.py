"""Where fetched models lie, and who may write there."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs

CACHE_VARIABLE = "CORE_BENCH_CACHE"


def cache_folder() -> Path:
    """Return the cache folder: `$CORE_BENCH_CACHE`, else the user's cache folder for core-bench."""
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named).expanduser() if named else Path(platformdirs.user_cache_dir("core-bench"))


def model_folder(name: str, cache: Path | None = None) -> Path:
    """Return where the embedded model `name` lies or would lie, whether it is there or not."""
    return (cache or cache_folder()) / "models" / name


@contextmanager
def exclusive(target: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Let one process at a time build `target`; the others wait.

    The kernel releases the lock when its holder dies, so a killed fetch blocks nobody.

    Args:
        target: The folder to be built. Its parent is made, the lock file lies beside it.
        waiting: Called once when somebody else holds the lock.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / f".{target.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def staging(target: Path) -> Iterator[Path]:
    """Give an empty folder beside `target` (the same file system) that is gone afterwards.

    Call it under `exclusive(target)`: nobody else is at work then, so whatever older staging folder is
    there was left by a fetch that was killed, and it is removed first.
    """
    prefix = f".{target.name}.partial-"
    for leftover in target.parent.glob(f"{prefix}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put_in_place(built: Path, target: Path) -> None:
    """Make `built` appear as `target` in one step; a damaged `target` goes into the staging folder first."""
    if target.exists():
        target.rename(built.parent / "replaced")
    built.rename(target)
