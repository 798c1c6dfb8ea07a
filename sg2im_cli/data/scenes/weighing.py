"""What the losses of labels count: those that a machine made, and outlines of which only a part is seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.config import DataConfig
from sg2im_cli.data.images import PreparedImage

EDGE = 0.015
"""A box that comes so near to the picture's edge, as a share of its side, is cut by it."""

HIDDEN = 0.4
"""A thing of whose box smaller things cover more than this share is seen in parts."""

SAMPLES = 16
"""Points along each side of a box by which is told how much of it is covered."""

Weights = NDArray[np.float32]


def box_weights(item: PreparedImage, config: DataConfig) -> Weights | None:
    """What the box loss of each object counts (O,); None where all count 1."""
    return _of_machine(item, config, 0)


def mask_weights(item: PreparedImage, parts: NDArray[np.bool_] | None, config: DataConfig) -> Weights | None:
    """What the mask loss of each object counts (O,); None where all count 1.

    Args:
        item: the objects of an image.
        parts: (O,) which of them are `fragments`; None where these count as much as others.
        config: the weights.
    """
    weights = _of_machine(item, config, 1)
    if parts is None:
        return weights
    whole = np.where(parts, np.float32(config.fragment_weight), np.float32(1))
    return whole if weights is None else weights * whole


def _of_machine(item: PreparedImage, config: DataConfig, column: int) -> Weights | None:
    if item.machine is None or not config.machine_labels or not item.machine[:, column].any():
        return None
    weight = config.machine_weight(item.source)
    return None if weight == 1 else np.where(item.machine[:, column], np.float32(weight), np.float32(1))


def fragments(boxes: NDArray[np.float32], stuff: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which things (..., O) the edge of their picture cuts, or smaller things in front of them mostly hide.

    Args:
        boxes: (..., O, 4) in [0, 1], largest first.
        stuff: (..., O) never a fragment, and never in front.
    """
    low, high = boxes[..., :2], boxes[..., 2:]
    cut = (low < EDGE).any(-1) | (high > 1 - EDGE).any(-1)
    in_front = np.triu(np.broadcast_to(~stuff[..., None, :], (*boxes.shape[:-1], boxes.shape[-2])), 1)
    columns, rows = (_within(low[..., side], high[..., side]) & in_front[..., None] for side in (0, 1))
    times = columns.swapaxes(-1, -2).astype(np.float32) @ rows.astype(np.float32)  # (..., O, S, S) things in front
    covered = (times > 0).mean((-2, -1))
    found: NDArray[np.bool_] = ~stuff & (cut | (covered > HIDDEN))
    return found


def _within(start: NDArray[np.float32], end: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(..., O, O, S): which of `SAMPLES` points along a side of each box lie between the ends of the other's side."""
    steps = (np.arange(SAMPLES, dtype=np.float32) + 0.5) / SAMPLES
    points = (start[..., None] + steps * (end - start)[..., None])[..., None, :]
    return (points > start[..., None, :, None]) & (points < end[..., None, :, None])
