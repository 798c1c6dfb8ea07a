"""The files of ``--file``: a name for each picture of each line, the same in every run, and no name twice."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from sg2im_cli.output.batch.lines import Line
from sg2im_cli.output.files import Target
from sg2im_cli.provenance.record import LAST_SEED
from sg2im_errors import InputError


@dataclass(frozen=True)
class Names:
    """What the pictures of a line are called, and their seeds.

    Attributes:
        output: a directory or a pattern for lines that have no output of their own, or None.
        seed: of line 1, where a line has no seed of its own; line n has seed + n - 1.
        samples: pictures of a line that does not say how many.
    """

    output: str | None
    seed: int
    samples: int

    def check(self) -> None:
        """Refuse an --output before anything is read.

        Raises:
            InputError: see `Target.check`.
        """
        Target(self.output, overwrite=True, many=True).check()

    @property
    def folder(self) -> Path:
        """Where the manifest lies if nobody says: the directory that all names have in common."""
        if self.output is None:
            return Path()
        target = Target(self.output, overwrite=True, many=True)
        path = Path(self.output)
        return next(p for p in path.parents if "{" not in str(p)) if target.named else path

    def pictures(self, line: Line, number: int) -> Iterator[tuple[Path, int]]:
        """File and seed of each picture.

        Args:
            line: what it asks for.
            number: of the line, from 1.

        Raises:
            InputError: there is no name for them, or it cannot be one, or a seed would be too large.
        """
        output = self.output if line.output is None else line.output
        samples = line.samples or self.samples
        first = self.seed + number - 1 if line.seed is None else line.seed
        if output is None:
            raise InputError('has no output, and there is no --output: give it an "output", or say --output DIRECTORY/')
        if first + samples - 1 > LAST_SEED:
            raise InputError(f"its last picture would have a seed above {LAST_SEED}; use a smaller seed")
        target = Target(output, overwrite=True, many=samples > 1)
        target.check()
        for seed in range(first, first + samples):
            if target.named:
                yield Path(output.replace("{seed}", str(seed)).replace("{index}", str(number))), seed
            else:
                yield Path(output) / f"{number:05}-{seed}.png", seed


class Taken:
    """Which line has which file; about a hundred bytes for each."""

    def __init__(self) -> None:
        self._lines: dict[bytes, int] = {}

    def claim(self, path: Path, number: int) -> None:
        """Give a file to a line.

        Raises:
            InputError: it is another line's, or the line's own already.
        """
        name = blake2b(os.fsencode(os.path.realpath(path)), digest_size=12).digest()
        other = self._lines.get(name)
        if other is not None:
            which = f"line {number}" if other == number else f"lines {other} and {number}"
            raise InputError(f"{path} would be written twice, by {which}; give each picture its own name")
        self._lines[name] = number
