"""Ctrl-C and SIGTERM: in training the first lets the update at hand end, the second breaks off."""

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


class Terminated(SystemExit):
    """SIGTERM came; as SystemExit it ends a forked process without a traceback."""

    def __init__(self) -> None:
        super().__init__(128 + signal.SIGTERM)


@contextmanager
def terminable() -> Iterator[None]:
    """Raise `Terminated` at SIGTERM, where nothing else was set to happen."""

    def end(_signum: int, _frame: FrameType | None) -> None:
        raise Terminated

    if signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    try:
        signal.signal(signal.SIGTERM, end)
    except ValueError:  # not the main thread: whoever called takes care
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
