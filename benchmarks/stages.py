"""Processor time by stage: functions of the project are watched while it works, each thread by its own clock."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any


class Stages:
    """Seconds of processor time in each stage, without those of stages within it.

    Args:
        watched: module or class, name of its function, and the stage that it counts for, while this is entered.
    """

    def __init__(self, watched: Iterable[tuple[Any, str, str]]) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._watched = tuple((owner, name, stage, getattr(owner, name)) for owner, name, stage in watched)
        self._lock = threading.Lock()
        self._thread = threading.local()

    def __enter__(self) -> Stages:
        for owner, name, stage, act in self._watched:
            setattr(owner, name, self._counted(act, stage))
        return self

    def __exit__(self, *_: object) -> None:
        for owner, name, _, act in self._watched:
            setattr(owner, name, act)

    def _counted(self, act: Callable[..., Any], stage: str) -> Callable[..., Any]:
        """What a function takes; of one that yields, what each step takes."""

        @wraps(act)
        def watched(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            made = self._timed(stage, lambda: act(*args, **kwargs))
            return self._steps(stage, made) if isinstance(made, Iterator) else made

        return watched

    def _steps(self, stage: str, steps: Iterator[Any]) -> Iterator[Any]:
        end = object()
        while (step := self._timed(stage, lambda: next(steps, end))) is not end:
            yield step

    def _timed(self, stage: str, act: Callable[[], Any]) -> Any:  # noqa: ANN401
        outer = getattr(self._thread, "inner", 0.0)
        self._thread.inner, start = 0.0, time.thread_time()
        try:
            return act()
        finally:
            taken = time.thread_time() - start
            with self._lock:
                self.seconds[stage] += taken - self._thread.inner
            self._thread.inner = outer + taken
