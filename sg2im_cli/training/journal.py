"""What a run writes down on its way: ``log.jsonl``, sample sheets, and TensorBoard's files where it is installed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from sg2im_cli.training.checkpoint import RunDirectory, writing
from sg2im_cli.training.progress import Progress
from sg2im_cli.training.samples import save_sheet

if TYPE_CHECKING:
    from torch.utils.tensorboard.writer import SummaryWriter

LOG_EVERY = 20
"""Steps between lines of the log."""


class Journal:
    """Of one run, in its directory.

    Args:
        directory: of the run.
    """

    def __init__(self, directory: RunDirectory) -> None:
        self.directory = directory
        self.boards: dict[str, SummaryWriter] = {}
        self.has_board = True

    def start(self, step: int, layout_step: int) -> str | None:
        """Begin, or go on behind these steps.

        Returns:
            what a person should know once: that there is no TensorBoard.
        """
        self.directory.log({"event": "start", "step": step, "layout_step": layout_step})
        try:
            from torch.utils.tensorboard.writer import SummaryWriter
        except ImportError:
            self.has_board = False
            return "Losses go to log.jsonl alone; for TensorBoard: pip install 'sg2im-cli[train]'."
        folder = self.directory.path / "tensorboard"
        for phase, done in (("layout", layout_step), ("pictures", step)):  # what is behind the checkpoint is dropped
            with writing(folder):
                self.boards[phase] = SummaryWriter(str(folder / phase), purge_step=done + 1 if done else None)
        return None

    def event(self, kind: str, step: int) -> None:
        """Something that happened at this step."""
        self.directory.log({"event": kind, "step": step})

    def losses(self, progress: Progress) -> None:
        """The losses, when it is time."""
        if progress.step % LOG_EVERY and progress.step != progress.steps:
            return
        losses = {name: round(loss, 5) for name, loss in progress.losses.items()}
        line: dict[str, Any] = {"event": progress.phase, "step": progress.step, "rate": round(progress.rate, 2)}
        self.directory.log({**line, **losses})
        if self.has_board:
            with writing(self.directory.path / "tensorboard"):
                for name, loss in progress.losses.items():
                    self.boards[progress.phase].add_scalar(f"losses/{name}", loss, progress.step)
                self.boards[progress.phase].add_scalar("rate", progress.rate, progress.step)

    def sheet(self, sheet: Image.Image, phase: str, step: int, of: str | None = None) -> Path:
        """A sample sheet of the split's pictures, or ``of`` something else; its path."""
        path = self.directory.path / "samples" / f"{of or phase}_{step:07d}.png"
        save_sheet(sheet, path)
        if self.has_board:
            with writing(self.directory.path / "tensorboard"):
                self.boards[phase].add_image(of or "samples", np.asarray(sheet), step, dataformats="HWC")
        return path

    def close(self) -> None:
        """Write what is not yet written."""
        for board in self.boards.values():
            board.close()
