"""Many inputs, one after the other, in a process that may die; what came of them, as a table."""

from __future__ import annotations

import faulthandler
import json
import multiprocessing
import os
import resource
import shlex
import shutil
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from sg2im_cli.cli.app import main
from tests.fuzz.inputs import Input, make
from tests.fuzz.materials import Materials, make_materials
from tests.fuzz.running import MOST_ADDRESSES, Done, faults_of, run

ONE_PROCESS = 500
"""Inputs of a process: what libraries keep for later calls would use up the address space that one call may take."""


@dataclass(frozen=True)
class Result:
    """What came of one input.

    Attributes:
        number: of the input; its kind follows from it.
        code: the exit code, None if there was none.
        faults: what was wrong; nothing, as a rule.
    """

    number: int
    code: int | None
    faults: tuple[str, ...]


@dataclass
class Campaign:
    """A run of the fuzzer.

    Attributes:
        seed: of all inputs.
        kinds: of inputs, which take turns.
        keep: where failing inputs go.
        start: number of the first input.
        count: how many there are.
        seconds: after which no more are begun.
    """

    seed: str
    kinds: tuple[str, ...]
    keep: Path
    start: int
    count: int
    seconds: float
    results: list[Result] = field(default_factory=list)

    def run(self) -> int:
        """Run all, print the table, and return the exit code."""
        began, at, end = time.monotonic(), self.start, self.start + self.count
        with tempfile.TemporaryDirectory(prefix="fuzz") as folder:
            while at < end and time.monotonic() - began < self.seconds:
                at = self._one_process(Path(folder), at, end, began + self.seconds)
        print(self._table(time.monotonic() - began))
        return int(any(result.faults for result in self.results))

    def _one_process(self, folder: Path, at: int, end: int, until: float) -> int:
        """Inputs until a process ends; the number of the next."""
        end = min(end, at + ONE_PROCESS)
        there, here = multiprocessing.Pipe(duplex=False)
        context = multiprocessing.get_context("spawn")
        worker = context.Process(target=_work, args=(here, folder, self.seed, self.kinds, at, end, until, self.keep))
        worker.start()
        here.close()
        while True:
            try:
                result = there.recv()
            except EOFError:
                break
            self.results.append(result)
            at = result.number + 1
        worker.join()
        if worker.exitcode == 0:
            return end
        if worker.exitcode == 1:
            raise SystemExit("The fuzzer itself went wrong; its message is above.")
        self._count_death(at, worker.exitcode)
        return at + 1

    def _count_death(self, number: int, code: int | None) -> None:
        kind, left = self.kinds[number % len(self.kinds)], self.keep / "running"
        if left.exists():
            (self.keep / "crash.txt").rename(left / "outcome.txt")
            left.rename(_free(self.keep / f"{kind}-{number // len(self.kinds)}-died"))
        self.results.append(Result(number, None, (f"process died ({code})",)))

    def _table(self, seconds: float) -> str:
        lines = [f"{'kind':10}{'inputs':>8}{'accepted':>10}{'refused':>9}{'faults':>8}"]
        for kind in (*self.kinds, "all"):
            of_kind = [r for r in self.results if kind in ("all", self.kinds[r.number % len(self.kinds)])]
            taken, wrong = sum(r.code == 0 for r in of_kind), sum(bool(r.faults) for r in of_kind)
            refused = sum(r.code not in (0, None) for r in of_kind)
            lines.append(f"{kind:10}{len(of_kind):8,}{taken:10,}{refused:9,}{wrong:8,}")
        counted = Counter(fault for result in self.results for fault in result.faults)
        lines += [f"{count:6,}  {fault}" for fault, count in counted.most_common()]
        lines.append(f"seed {self.seed}, {seconds:.0f} s" + (f"; see {self.keep}" if counted else "; nothing wrong"))
        return "\n".join(lines)


def _work(
    here: Connection, folder: Path, seed: str, kinds: tuple[str, ...], at: int, end: int, until: float, keep: Path
) -> None:
    """Run inputs in this process, and tell the other what came of each."""
    keep.mkdir(parents=True, exist_ok=True)
    crash = (keep / "crash.txt").open("w")
    faulthandler.enable(crash)
    os.environ |= {"HF_HUB_OFFLINE": "1", "COLUMNS": "80", "TMPDIR": str(folder)}
    made = Materials(folder / "materials")
    if not made.record.exists():
        made.root.mkdir(exist_ok=True)
        make_materials(made.root)
    _bound_memory()
    for number in range(at, end):
        if time.monotonic() > until:
            break
        kind = kinds[number % len(kinds)]
        here.send(one(made, seed, kind, number // len(kinds), number, keep))
    here.close()


def _bound_memory() -> None:
    """No more than `MOST_ADDRESSES` above what this process has taken already."""
    pages = int(Path("/proc/self/statm").read_text().split()[0]) if Path("/proc/self/statm").exists() else None
    if pages is not None:
        most = pages * resource.getpagesize() + MOST_ADDRESSES
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def one(made: Materials, seed: str, kind: str, index: int, number: int, keep: Path) -> Result:
    """One input of a kind; it is kept if something is wrong, or if this process dies of it."""
    item = make(kind, made, seed, index)
    running = keep / "running"
    with tempfile.TemporaryDirectory(prefix="in") as folder:
        item.write(Path(folder))
        running.mkdir(parents=True, exist_ok=True)
        item.write(running)
        (running / "stdin").write_bytes(item.stdin)
        (running / "command.txt").write_text(told(item, kind, seed, index), errors="backslashreplace")
        done = run(item.arguments, Path(folder), item.stdin, item.call or main)
        faults = tuple(faults_of(done, Path(folder)))
    if faults:
        (running / "outcome.txt").write_text(_outcome(done, faults), errors="backslashreplace")
        running.rename(_free(keep / f"{kind}-{index}"))
    else:
        _remove(running)
    return Result(number, done.code, faults)


def told(item: Input, kind: str, seed: str, index: int) -> str:
    """How to run an input again."""
    again = f"python -m tests.fuzz --kinds {kind} --seed {shlex.quote(seed)} --only {index}"
    return f"{again}\nsg2im {shlex.join(item.arguments)}\n{json.dumps(item.arguments)}\n"


def _outcome(done: Done, faults: tuple[str, ...]) -> str:
    what = f"{', '.join(faults)}\nexit code {done.code}, {done.seconds:.1f} s, {done.peak_bytes / 1e6:.0f} MB"
    return f"{what}\n--- traceback\n{done.trace}\n--- standard error\n{done.err}\n--- standard output\n{done.out}\n"


def _free(path: Path) -> Path:
    number, free = 2, path
    while free.exists():
        free, number = path.with_name(f"{path.name}-{number}"), number + 1
    return free


def _remove(folder: Path) -> None:
    shutil.rmtree(folder)
