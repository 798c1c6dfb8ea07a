"""The processes of a run: one, or several that `torchrun` or `accelerate launch` started, on one machine or more.

Each holds the whole model and a part of every batch. Losses are sums over all processes, each divided by what all of
them have (see `Part`), so gradients are added up, and every process then makes the same update.

Batch norm: on GPUs its statistics are those of the whole batch (`SyncBatchNorm`). On CPUs, where torch has none, each
process normalises by its own pictures; running statistics are averaged, so that all processes keep one model.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import torch
from torch import Tensor, nn

from sg2im_errors import InputError, Sg2imError

if TYPE_CHECKING:
    from accelerate import PartialState

T = TypeVar("T")

BUCKET = 2**24
"""Numbers that are sent at once; a copy of so many is made."""

MAIN_SAYS_IT = 8
"""Added to an exit code when the first process has the error, too."""


class StoppedElsewhereError(Sg2imError):
    """Another process of the run met an error, and says it.

    Attributes:
        code: what to exit with.
    """

    def __init__(self, code: int) -> None:
        super().__init__("Another process of this run stopped.")
        self.code = code


class Processes:
    """One process, which has nothing to agree on with others.

    Attributes:
        device: where this process trains.
        rank: its number, from 0.
        count: how many there are.
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.rank = 0
        self.count = 1

    @property
    def main(self) -> bool:
        """Whether this one logs, saves and draws."""
        return self.rank == 0

    def sum(self, values: Tensor) -> Tensor:
        """Elementwise over all processes."""
        return values

    def highest(self, value: int) -> int:
        """Of all processes."""
        return value

    def together(self, call: Callable[[], T]) -> T:
        """Call this in every process; an error in one stops all.

        Raises:
            StoppedElsewhereError: it raised an error in another process.
        """
        return call()

    def add_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Give every process the sum of all processes' gradients."""

    def prepare(self, model: nn.Module) -> nn.Module:
        """The model with batch norm over all processes, where the device can."""
        return model

    def average_statistics(self, model: nn.Module) -> None:
        """Give every process the mean of the running statistics, where batch norm is each process's own."""

    def on_main(self, call: Callable[[], T]) -> T:
        """Call this in the first process only, and give its result to all; an error there stops all.

        Raises:
            StoppedElsewhereError: in the other processes, if it raised an error in the first.
        """
        return call()


class Several(Processes):
    """One of several processes.

    Args:
        state: of accelerate, which has found the others.
    """

    def __init__(self, state: PartialState) -> None:
        super().__init__(state.device)
        self.rank, self.count = state.process_index, state.num_processes

    def sum(self, values: Tensor) -> Tensor:
        """As `Processes.sum`."""
        from accelerate.utils import reduce

        with connected():
            summed: Tensor = reduce(values.to(self.device), "sum")
        return summed.to(values.device)

    def highest(self, value: int) -> int:
        """As `Processes.highest`."""
        from accelerate.utils import reduce

        with connected():
            return int(reduce(torch.tensor(value, device=self.device), "max"))

    def together(self, call: Callable[[], T]) -> T:
        """As `Processes.together`; what goes wrong in all of them is said by the first."""
        error: Sg2imError | None = None
        try:
            result = call()
        except Sg2imError as problem:
            error = problem
        worst = self.highest(0 if error is None else exit_code(error) + MAIN_SAYS_IT * self.main)
        if error is not None and (self.main or worst < MAIN_SAYS_IT):
            raise error
        if worst:
            raise StoppedElsewhereError(worst % MAIN_SAYS_IT)
        return result

    def add_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """As `Processes.add_gradients`."""
        self._replace([p.grad for p in parameters if p.grad is not None], 1)

    def prepare(self, model: nn.Module) -> nn.Module:
        """As `Processes.prepare`."""
        if self.device.type != "cuda":
            return model
        return nn.SyncBatchNorm.convert_sync_batchnorm(model)  # type: ignore[no-any-return, no-untyped-call]

    def average_statistics(self, model: nn.Module) -> None:
        """As `Processes.average_statistics`."""
        norms = [m for m in model.modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)]
        self._replace([t for m in norms for t in (m.running_mean, m.running_var) if t is not None], self.count)

    def _replace(self, tensors: list[Tensor], divisor: int) -> None:
        """Each tensor by its sum over all processes, divided."""
        while tensors:
            bucket = [tensors.pop()]
            size = bucket[0].numel()
            while tensors and size + tensors[-1].numel() <= BUCKET:
                bucket.append(tensors.pop())
                size += bucket[-1].numel()
            summed = self.sum(torch.cat([t.flatten() for t in bucket])) / divisor
            for tensor, values in zip(bucket, torch.split(summed, [t.numel() for t in bucket]), strict=True):
                tensor.copy_(values.view_as(tensor))

    def on_main(self, call: Callable[[], T]) -> T:
        """As `Processes.on_main`."""
        from accelerate.utils import broadcast_object_list

        outcome: list[object] = [None, 0]
        error: Sg2imError | None = None
        if self.main:
            try:
                outcome[0] = call()
            except Sg2imError as problem:
                error, outcome[1] = problem, exit_code(problem)
        with connected():
            result, code = broadcast_object_list(outcome)
        if error is not None:
            raise error
        if code:
            raise StoppedElsewhereError(code)
        return result  # type: ignore[no-any-return]


@contextmanager
def connected() -> Iterator[None]:
    """Turn the loss of another process into one sentence.

    Raises:
        Sg2imError: it does not answer.
    """
    try:
        yield
    except torch.OutOfMemoryError:
        raise
    except RuntimeError as error:
        raise Sg2imError(
            "Another process of this run does not answer any more; the same command goes on from the last checkpoint."
        ) from error


def exit_code(error: Sg2imError) -> int:
    """2 for what a person gave, 1 for a failure."""
    if isinstance(error, StoppedElsewhereError):
        return error.code
    return 2 if isinstance(error, InputError) else 1


def wanted_processes() -> int:
    """How many the launcher says there are."""
    try:
        return int(os.environ.get("WORLD_SIZE", "1"))
    except ValueError:
        raise InputError(f"WORLD_SIZE is {os.environ['WORLD_SIZE']!r} and must be a number of processes.") from None


def is_main() -> bool:
    """Whether this process is the one that tells; known before the processes have found each other."""
    return wanted_processes() == 1 or os.environ.get("RANK", "0") == "0"


def join(device: torch.device) -> Processes:
    """Find the other processes, if a launcher started several.

    Args:
        device: where to train; of several GPUs each process takes the one of its number on its machine.

    Raises:
        InputError: there are several, and accelerate is not installed.
        Sg2imError: they did not find each other.
    """
    if wanted_processes() == 1:
        return Processes(device)
    try:
        from accelerate import PartialState
    except ImportError:
        raise InputError("Training in several processes needs accelerate: pip install 'sg2im-cli[train]'.") from None
    # else accelerate sets the threads, and warns
    os.environ.setdefault("OMP_NUM_THREADS", str(torch.get_num_threads()))
    try:
        state = PartialState(cpu=device.type == "cpu")
    except (RuntimeError, ValueError) as error:
        raise Sg2imError(f"The processes of this run did not find each other: {error}") from error
    atexit.register(state.destroy_process_group)
    return Several(state)
