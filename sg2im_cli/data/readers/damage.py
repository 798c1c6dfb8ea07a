"""Pictures and masks that cannot be used, noted alike by whatever reads them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.data.images import AnnotatedImage
from sg2im_cli.data.pixels import load_image, shape_problem
from sg2im_cli.data.readers.notes import Notes, Severity
from sg2im_errors import InputError

PICTURES = "pictures that are missing or cannot be read: left out"
MASKS = "masks that cannot be used: taken as a box without an outline"
OTHER_SHAPE = "pictures of another shape than their annotations state: kept, and boxes may be off"


def read_picture(image: AnnotatedImage, size: tuple[int, int], notes: Notes) -> NDArray[np.uint8] | None:
    """The pixels of an image as (3, H, W), squeezed to (height, width); None if it cannot be read.

    Raises:
        InputError: it cannot be read, and the notes do not bear that.
    """
    stated = image.width, image.height
    try:
        pixels = load_image(image.path, size, stated)
    except InputError as error:
        notes.add(PICTURES, str(error), Severity.DAMAGE)
        return None
    if problem := shape_problem(image.path, stated):
        notes.add(OTHER_SHAPE, f"{problem}.", Severity.FAULT)
    return pixels


def noted_masks(notes: Notes) -> Callable[[str], None]:
    """What is to be told of each mask that cannot be used."""
    return lambda sentence: notes.add(MASKS, sentence, Severity.DAMAGE)
