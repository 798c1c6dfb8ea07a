"""One call of the command in this process, and what is wrong with how it ended."""

from __future__ import annotations

import io
import os
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from sg2im_cli.cli.app import main

CODES = (0, 1, 2, 130, 143)
LONGEST_MESSAGE = 400
MOST_BYTES = 1_500_000_000
"""Above what the process had before, which is half a gigabyte where nothing ran yet: 2 GB in all."""

MOST_ADDRESSES = 2_000_000_000
"""Of address space above what the process had, of which not all is ever used."""

MOST_SECONDS = 30
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
PART = re.compile(r"\.[^/]{1,40}\.sg2im-[0-9a-f]{16}")


@dataclass(frozen=True)
class Done:
    """How a call ended.

    Attributes:
        code: its exit code; None if it ended in no code at all.
        out: standard output.
        err: standard error.
        trace: a traceback, if an exception reached the top.
        seconds: it took.
        peak_bytes: of memory that this process took for it, above what it had; 0 where the system does not say.
    """

    code: int | None
    out: str
    err: str
    trace: str
    seconds: float
    peak_bytes: int


class TooSlow(BaseException):
    """What ends a call that takes too long; no `except Exception` keeps it."""


def run(arguments: tuple[str, ...], folder: Path, stdin: bytes = b"", call: Callable[[], None] = main) -> Done:
    """Call the command in a directory, as a shell would.

    Args:
        arguments: of the command line.
        folder: where it runs.
        stdin: standard input.
        call: what is called in place of the command, and ends as it does.
    """
    streams = io.TextIOWrapper(io.BytesIO(stdin)), *(io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    before = Path.cwd()
    os.chdir(folder)
    _forget_peak()
    had = _peak()
    began, trace = time.monotonic(), ""
    code: int | None = 0
    with _swapped(["sg2im", *arguments], *streams):
        try:
            with _at_most(MOST_SECONDS):
                call()
        except SystemExit as leave:
            code = leave.code if isinstance(leave.code, int) else int(bool(leave.code))
        except BaseException:
            code, trace = None, traceback.format_exc()
    os.chdir(before)
    out, err = (_text(stream) for stream in streams[1:])
    return Done(code, out, err, trace, time.monotonic() - began, _peak() - had)


def faults_of(done: Done, folder: Path) -> list[str]:
    """What is wrong with how a call ended, in words to count by."""
    found = []
    if done.trace:
        last = done.trace.rstrip().splitlines()[-1]
        kind = last.split(":")[0].rpartition(".")[2]
        found.append({"TooSlow": f"over {MOST_SECONDS} s", "MemoryError": "memory"}.get(kind, f"traceback: {kind}"))
    elif "Traceback (most recent call last)" in done.err:
        found.append("traceback: printed")
    elif done.code not in CODES:
        found.append(f"exit code {done.code}")
    messages = done.err.split("sg2im: ")[1:]  # each to the beginning of the next, whatever line ends are in it
    if max(map(len, (*map(str.strip, messages), *done.err.splitlines())), default=0) > LONGEST_MESSAGE:
        found.append("long message")
    if done.code and not done.trace and not done.out.strip() and not done.err.strip():
        found.append("no message")
    if STEERING.search(done.out + done.err):
        found.append("control characters")
    if re.search(r"^\S+:\d+: \w*Warning", done.err, re.MULTILINE):
        found.append("warning of Python")
    if any(PART.fullmatch(path.name) for path in folder.rglob(".*")):
        found.append("part file")
    if done.peak_bytes > MOST_BYTES:
        found.append("memory")
    return found


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode(errors="backslashreplace")


@contextmanager
def _swapped(argv: list[str], *streams: io.TextIOWrapper) -> Iterator[None]:
    before = sys.argv, sys.stdin, sys.stdout, sys.stderr
    sys.argv, (sys.stdin, sys.stdout, sys.stderr) = argv, streams
    try:
        yield
    finally:
        sys.argv, sys.stdin, sys.stdout, sys.stderr = before


@contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)  # of the processor: other programs make no call too slow
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _forget_peak() -> None:
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def _peak() -> int:
    try:
        told = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s*(\d+) kB", told)
    return int(found[1]) * 1024 if found else 0
