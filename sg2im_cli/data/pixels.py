"""Reading picture files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sg2im_errors import InputError

UNREADABLE = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)
"""What Pillow raises for a file that is missing or is no picture."""


def load_image(path: Path, size: tuple[int, int]) -> NDArray[np.uint8]:
    """A picture squeezed to (height, width) bilinearly, aspect not kept, as (3, H, W).

    Pillow's bilinear filter widens with the reduction, so that every pixel counts and nothing aliases.

    Raises:
        InputError: the file is missing or is no picture.
    """
    return np.asarray(open_image(path).resize(size[::-1], Image.Resampling.BILINEAR)).transpose(2, 0, 1)


def open_image(path: Path) -> Image.Image:
    """A picture in RGB.

    Raises:
        InputError: the file is missing or is no picture.
    """
    try:
        with Image.open(path) as image:
            return image.convert("RGB")
    except UNREADABLE as error:
        raise InputError(f"The picture {path} cannot be read: {error}.") from None


def image_size(path: Path) -> tuple[int, int]:
    """Width and height from a picture's header; 1 x 1 if it cannot be read, which is found when it is needed."""
    try:
        with Image.open(path) as image:
            return image.size
    except UNREADABLE:
        return 1, 1
