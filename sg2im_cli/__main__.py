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

STOPPED = 130
"""The exit code of what Ctrl-C ended."""


def collect_less() -> None:
    """Look for garbage more seldom, in this process, which is the command's own."""
    gc.set_threshold(YOUNG)


def heed_ctrl_c() -> None:
    """Ctrl-C raises KeyboardInterrupt, but while a module is imported it ends the process at once, without a word.

    Compiled modules make another error of KeyboardInterrupt, print it, or lose it; and while modules load nothing is
    written that could stay half done. Where the caller set Ctrl-C to be ignored, it stays so.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)


def _interrupt(signum: int, frame: FrameType | None) -> None:
    if _imports(frame):
        os._exit(STOPPED)
    signal.default_int_handler(signum, frame)


def _imports(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def main() -> None:
    """Run the command, with Ctrl-C heeded from the beginning."""
    heed_ctrl_c()
    collect_less()
    try:
        from sg2im_cli.cli.app import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("sg2im: Stopped.\n")
        sys.exit(STOPPED)


if __name__ == "__main__":
    main()
