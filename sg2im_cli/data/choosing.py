"""Which images, and which objects of them, a configuration uses."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.config import DataConfig
from sg2im_cli.data.images import AnnotatedImage

EVERYTHING = DataConfig(min_area=0.0, min_objects=1, max_objects=1_000_000)
"""Whatever a recipe may ask for: data that is prepared so leaves the choice to training."""


def choose_objects(image: AnnotatedImage, config: DataConfig) -> list[int] | None:
    """Which objects of an image are used; see `choose_by_area`."""
    areas, usable = _areas(image, config)
    return choose_by_area(areas, image.width * image.height, config, image.relationships is not None, usable)


def why_image_left_out(image: AnnotatedImage, config: DataConfig) -> str:
    """Why `choose_objects` leaves an image out; see `why_left_out`."""
    areas, usable = _areas(image, config)
    return why_left_out(areas, image.width * image.height, config, usable)


def _areas(image: AnnotatedImage, config: DataConfig) -> tuple[NDArray[np.float64], NDArray[np.bool_] | None]:
    """(O,) areas of the boxes in pixels, and (O,) False for objects that are left out beforehand."""
    usable = None
    if config.machine_weight(image.source) == 0:
        usable = np.array([not item.machine[0] for item in image.annotations], dtype=bool)
    return np.array([item.area for item in image.annotations]), usable


def choose_by_area(
    areas: NDArray[np.float64],
    whole: int,
    config: DataConfig,
    stated: bool = False,
    usable: NDArray[np.bool_] | None = None,
) -> list[int] | None:
    """Which objects of an image are used, largest box first; None if the image is left out.

    Args:
        areas: (O,) of the boxes, in pixels.
        whole: of the picture.
        config: the bounds.
        stated: whether relationships are stated: then graphs of at most so many objects are drawn from an image that
            has more, as in the paper.
        usable: (O,) False for objects that are left out beforehand.
    """
    order = np.argsort(-areas, kind="stable")
    large = areas > config.min_area * whole
    kept: list[int] = order[(large if usable is None else large & usable)[order]].tolist()
    most = len(kept) if stated else config.max_objects
    if config.crowded == "largest":
        kept = kept[:most]
    return kept if config.min_objects <= len(kept) <= most else None


def why_left_out(
    areas: NDArray[np.float64], whole: int, config: DataConfig, usable: NDArray[np.bool_] | None = None
) -> str:
    """Why `choose_by_area` leaves an image out: it has ``many`` objects, ``few``, or enough that are too ``small``.

    ``machine`` says that it has none but those that are left out beforehand.
    """
    there = np.ones(len(areas), dtype=bool) if usable is None else usable
    if len(areas) and not there.any():
        return "machine"
    large = int((there & (areas > config.min_area * whole)).sum())
    if large >= config.min_objects:
        return "many"
    return "small" if int(there.sum()) >= config.min_objects else "few"
