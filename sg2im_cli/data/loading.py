"""Batches one after the other, made here or ahead by workers, in the same order with the same draws."""

from __future__ import annotations

import itertools
import signal
from collections.abc import Callable, Iterator

import torch
from torch.utils.data import DataLoader, Dataset

from sg2im_cli.data.batch import GraphBatch
from sg2im_errors import Sg2imError

MakeBatch = Callable[[int], GraphBatch]
"""From a batch's number to the batch; it depends on nothing else."""

AHEAD = 4
"""Batches that each worker makes ahead."""


def iterate(make: MakeBatch, start: int, workers: int) -> Iterator[GraphBatch]:
    """Yield batches without end, from number ``start`` on.

    Args:
        make: a batch by its number.
        start: the first number.
        workers: processes that make batches ahead; 0 makes each when it is asked for.

    Raises:
        Sg2imError: what ``make`` raised, or a worker was killed.
    """
    if not workers:
        yield from map(make, itertools.count(start))
        return
    # a generator of its own: the loader draws a seed, and nothing else may move for that
    loader: DataLoader[GraphBatch | Sg2imError] = DataLoader(
        _Numbered(make),
        batch_size=None,
        sampler=itertools.count(start),
        num_workers=workers,
        prefetch_factor=AHEAD,
        collate_fn=_as_it_is,  # type: ignore[arg-type]
        worker_init_fn=_leave_signals_to_parent,
        generator=torch.Generator(),
    )
    try:
        for made in loader:
            if isinstance(made, Sg2imError):
                raise made
            yield made
    except RuntimeError as error:
        if "DataLoader worker" not in str(error):
            raise
        raise Sg2imError(
            "A process that prepares data was killed, perhaps for want of memory; try fewer --workers. The same "
            "command goes on from the last checkpoint."
        ) from error


class _Numbered(Dataset["GraphBatch | Sg2imError"]):
    """Batches by number; an error is handed over like a batch, as the loader would wrap its sentence in a traceback."""

    def __init__(self, make: MakeBatch) -> None:
        self.make = make

    def __getitem__(self, number: int) -> GraphBatch | Sg2imError:
        try:
            return self.make(number)
        except Sg2imError as error:
            return error


def _as_it_is(made: GraphBatch | Sg2imError) -> GraphBatch | Sg2imError:
    return made


def _leave_signals_to_parent(_worker: int) -> None:
    """Ctrl-C reaches all processes of a terminal: the run ends its step and saves, and then ends its workers."""
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, signal.SIG_IGN)
