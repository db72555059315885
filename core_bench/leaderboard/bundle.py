"""A submission as one file: a zip archive that is only ever read in memory, within limits.

Nothing is unpacked to disk, so there is no path to write to: a name that is not one of the few expected
ones is a reason to refuse, as are links, a name that stands twice, and data that unpacks to too much.
"""

import io
import re
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core_bench.errors import CoreBenchError
from core_bench.leaderboard.refusal import RefusedError

MOST_BYTES = 200_000_000
"""Of a bundle, packed; and of all its members together, unpacked."""
MOST_MEMBERS = 300
MOST_MEMBER_BYTES = 100_000_000
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MEMBER = re.compile(
    r"submission\.json|runs/\d{1,3}/(manifest|summary|efficiency)\.json|runs/\d{1,3}/(replies|verdicts)\.jsonl"
)


@dataclass(frozen=True)
class Bundle:
    """The files of a submission by name, as text."""

    files: Mapping[str, str]

    def text(self, name: str) -> str:
        """Return a file; raises `RefusedError` where it is not there."""
        if name not in self.files:
            raise RefusedError("missing_file", f"the bundle holds no {name}")
        return self.files[name]


def pack(files: Mapping[str, str]) -> bytes:
    """Return the archive; the same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, files[name])
    return out.getvalue()


def read_bundle(path: Path) -> Bundle:
    """Read a bundle.

    Raises:
        CoreBenchError: the file cannot be read at all.
        RefusedError: it is no bundle, or breaks a limit; the reason is named.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise RefusedError(
                "too_large", f"the file has {path.stat().st_size:,} bytes; {MOST_BYTES:,} are allowed"
            )
        data = path.read_bytes()
    except OSError as error:
        raise CoreBenchError(f"{path} cannot be read: {error.strerror}") from None
    return unpack(data)


def unpack(data: bytes) -> Bundle:
    """Read an archive in memory; raises `RefusedError` with the reason."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return Bundle(_members(archive))
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, ValueError) as error:
        raise RefusedError("not_a_bundle", f"this is no bundle of core-bench submit: {error}") from None


def _members(archive: zipfile.ZipFile) -> dict[str, str]:
    infos = archive.infolist()
    if len(infos) > MOST_MEMBERS:
        raise RefusedError("too_large", f"the archive has {len(infos):,} members; {MOST_MEMBERS} are allowed")
    files: dict[str, str] = {}
    left = MOST_BYTES
    for info in infos:
        _expected(info, files)
        # What the directory says of a size is a claim: no more than the limit is ever unpacked.
        most = min(MOST_MEMBER_BYTES, left)
        with archive.open(info) as member:
            content = member.read(most + 1)
        if len(content) > most:
            raise RefusedError("too_large", f"{info.filename} unpacks to more than {most:,} bytes")
        left -= len(content)
        try:
            files[info.filename] = content.decode("utf-8")
        except UnicodeDecodeError:
            raise RefusedError("not_a_bundle", f"{info.filename} is not UTF-8 text") from None
    return files


def _expected(info: zipfile.ZipInfo, seen: Mapping[str, str]) -> None:
    name = info.filename
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise RefusedError("link", f"{name!r} is no plain file")
    if name.startswith(("/", "\\")) or ".." in name or ":" in name or "\\" in name:
        raise RefusedError("unsafe_path", f"{name!r} points out of the bundle")
    if not _MEMBER.fullmatch(name):
        raise RefusedError("unknown_file", f"{name!r} is no file of a bundle")
    if name in seen:
        raise RefusedError("duplicate_file", f"{name!r} is there twice")
    if info.flag_bits & 1:
        raise RefusedError("not_a_bundle", f"{name!r} is encrypted")
