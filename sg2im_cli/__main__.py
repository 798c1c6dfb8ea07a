"""``python -m sg2im_cli`` and the installed script: the command ``sg2im``."""

from __future__ import annotations

import gc
import os
import signal
import sys
from types import FrameType

YOUNG = 100_000
"""Objects that are made before Python looks for garbage among them: importing torch and spaCy makes a million that
stay, and looking at them again and again takes a fifth of the time."""


def collect_less() -> None:
    """Look for garbage more seldom, in this process, which is the command's own."""
    gc.set_threshold(YOUNG)


def listen() -> None:
    """Ctrl-C ends the command with 130, and SIGTERM with 143 and a line, wherever they find it.

    While a module is imported the process ends at once: compiled modules make another error of an interruption, or
    lose it. Signals that the caller set to be ignored stay ignored.
    """
    owner = os.getpid()

    def interrupt(_signum: int, frame: FrameType | None) -> None:
        if _imports(frame):
            os._exit(130)
        raise KeyboardInterrupt

    def terminate(signum: int, frame: FrameType | None) -> None:
        if os.getpid() != owner:  # a child that was forked: it has nothing to say
            os._exit(128 + signum)
        if sys.stderr is not None:
            os.write(2, b"sg2im: Stopped by SIGTERM.\n")
        if _imports(frame):
            os._exit(128 + signum)
        raise SystemExit(128 + signum)

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, interrupt)
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, terminate)


def _imports(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def main() -> None:
    """Run the command; Ctrl-C while its modules are still being imported ends it like any later one."""
    listen()
    collect_less()
    try:
        from sg2im_cli.cli.app import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("sg2im: Stopped.\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
