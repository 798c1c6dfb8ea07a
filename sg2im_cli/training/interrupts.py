"""Ctrl-C and SIGTERM: the first lets the update at hand end, the second breaks off."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def graceful(stop: Callable[[], None]) -> Iterator[None]:
    """Call ``stop`` at the first Ctrl-C or SIGTERM; the second raises KeyboardInterrupt."""

    def first(signum: int, _frame: FrameType | None) -> None:
        stop()
        signal.signal(signum, signal.default_int_handler)

    try:
        before = {s: signal.signal(s, first) for s in (signal.SIGINT, signal.SIGTERM)}
    except ValueError:  # not the main thread: whoever called takes care
        yield
        return
    try:
        yield
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)
