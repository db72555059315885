"""The caller's handle of one zygote."""

import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from tracer.isolation import boot, protocol
from tracer.wire import MalformedError, Unpacker

_FOLDER = str(Path(__file__).resolve().parents[1])
_START_S = 60.0
_ANSWER_S = 10.0


class ZygoteError(Exception):
    """The zygote is gone or does not answer; a new one may do better."""


class Zygote:
    """A process that forks once per program, one program at a time.

    Attributes:
        seed: its hash seed, which is the same for all of its programs.
        missing: layer -> reason, for each layer around the process that this machine does not give.
    """

    def __init__(self, seed: int, without: Iterable[str] = ()) -> None:
        self.seed = seed
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [
                    *(
                        sys.executable,
                        "-P",
                        "-s",
                        "-S",
                        "-B",
                        "-X",
                        "utf8",
                        "-c",
                        boot.TEXT.format(folder=_FOLDER),
                    ),
                    *(str(theirs.fileno()), " ".join(sorted(without))),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={"PYTHONHASHSEED": str(seed), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                start_new_session=True,
                pass_fds=[theirs.fileno()],
            )
        self._control.settimeout(_START_S)
        try:
            self.missing = _reasons(protocol.receive_block(self._control))
        except (EOFError, OSError, MalformedError) as error:
            self.close()
            raise ZygoteError(f"the sandbox did not start: {error}") from None
        self._control.settimeout(_ANSWER_S)

    def start(self, job: bytes) -> int:
        """Start a program and return the descriptor of its result channel."""
        try:
            protocol.send_order(self._control, protocol.RUN, job)
            return protocol.receive_descriptor(self._control)
        except (EOFError, OSError) as error:
            raise ZygoteError(str(error)) from None

    def end(self) -> None:
        """Kill what is left of the program."""
        try:
            protocol.send_order(self._control, protocol.END)
        except OSError as error:
            raise ZygoteError(str(error)) from None

    def report(self) -> protocol.Exit:
        """Kill what is left of the program and return how it ended."""
        try:
            protocol.send_order(self._control, protocol.REPORT)
            return protocol.receive_exit(self._control)
        except (EOFError, OSError) as error:
            raise ZygoteError(str(error)) from None

    def hang_up(self) -> None:
        """Have it end its program and itself, while another thread may be using this handle."""
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End the process: it goes by itself when its control socket closes, or it is killed."""
        self._control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1.0)
            return
        self._process.kill()
        self._process.wait()

    def forget(self) -> None:
        """Let go in a forked process: the zygote is its parent's, and goes when the parent lets go."""
        self._control.close()
        self._process.returncode = 0  # not our child: nothing to wait for


def _reasons(body: bytes) -> dict[str, str]:
    unpacker = Unpacker(body)
    layers = unpacker.texts()
    return dict(zip(layers, unpacker.texts(), strict=True))
