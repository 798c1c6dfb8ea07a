"""How many labels people made, and how many a machine, by where pictures come from."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

import numpy as np
from numpy.typing import NDArray

UNSAID = "no source named"


@dataclass
class Counted:
    """The labels of one source.

    Attributes:
        boxes: how many.
        masks: those that are known.
        machine_boxes: how many boxes, with their names, a machine made.
        machine_masks: likewise of the masks.
    """

    boxes: int = 0
    masks: int = 0
    machine_boxes: int = 0
    machine_masks: int = 0


@dataclass
class LabelCounts:
    """Counts by source."""

    sources: dict[str, Counted] = field(default_factory=dict)

    def add(self, source: str, has_mask: NDArray[np.bool_], machine: NDArray[np.bool_] | None) -> None:
        """Count the objects of a picture.

        Args:
            source: of the picture.
            has_mask: (O,).
            machine: (O, 2) whether a machine made box and mask; None where people made all.
        """
        found = self.sources.setdefault(source or UNSAID, Counted())
        found.boxes += len(has_mask)
        found.masks += int(has_mask.sum())
        if machine is not None:
            found.machine_boxes += int(machine[:, 0].sum())
            found.machine_masks += int(machine[:, 1].sum())

    def sentences(self) -> list[str]:
        """One for each source that has labels by a machine."""
        return [
            f"{source}: a machine made {n.machine_boxes:,} of {n.boxes:,} boxes and {n.machine_masks:,} of "
            f"{n.masks:,} masks"
            for source, n in self._by_machine().items()
        ]

    def to_json(self) -> dict[str, dict[str, int]]:
        """Those sources by name."""
        return {source: asdict(counted) for source, counted in self._by_machine().items()}

    def _by_machine(self) -> dict[str, Counted]:
        return {source: n for source, n in sorted(self.sources.items()) if n.machine_boxes or n.machine_masks}
