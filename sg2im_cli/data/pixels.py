"""Reading picture files as a person sees them: upright, in RGB, over white."""

from __future__ import annotations

import math
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms

from sg2im_errors import InputError

UNREADABLE = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)
"""What Pillow raises for a file that is missing or is no picture."""

Size = tuple[int, int]
"""Width and height in pixels, as annotation files state them."""

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""By EXIF's orientation."""

SWAPS_SIDES = 5
"""Orientations from here on swap width and height."""


SAME_SHAPE = 0.02
"""By how much the logarithms of two aspects may differ: whole pixels of a picture that was made smaller do."""


def load_image(path: Path, size: tuple[int, int], stated: Size | None = None) -> NDArray[np.uint8]:
    """A picture squeezed to (height, width) bilinearly, aspect not kept, as (3, H, W).

    Pillow's bilinear filter widens with the reduction, so that every pixel counts and nothing aliases.

    Args:
        path: the file.
        size: height and width that are wanted.
        stated: see `open_image`.

    Raises:
        InputError: the file is missing or is no picture.
    """
    return np.asarray(open_image(path, stated).resize(size[::-1], Image.Resampling.BILINEAR)).transpose(2, 0, 1)


def open_image(path: Path, stated: Size | None = None) -> Image.Image:
    """A picture in RGB, turned as its EXIF orientation says.

    Args:
        path: the file.
        stated: its size by the annotations. Where that is the size before turning, the boxes were drawn so, and it is
            not turned.

    Raises:
        InputError: the file is missing or is no picture.
    """
    try:
        with Image.open(path) as image:
            turn = _turn(image, stated)
            seen = _in_rgb(image)
            return seen if turn is None else seen.transpose(turn)
    except UNREADABLE as error:
        raise InputError(f"The picture {path} cannot be read: {error}.") from None


def image_size(path: Path, stated: Size | None = None) -> Size | None:
    """Width and height from a picture's header, turned as `open_image` turns it; None if it cannot be read."""
    try:
        with Image.open(path) as image:
            turned = (_orientation(image) >= SWAPS_SIDES) and _turn(image, stated) is not None
            return (image.height, image.width) if turned else (image.width, image.height)
    except UNREADABLE:
        return None


def shape_problem(path: Path, stated: Size) -> str | None:
    """What is wrong if a picture's shape is not that which its annotations state, so that boxes lie elsewhere."""
    real = image_size(path, stated)
    if real is None or abs(math.log(real[0] * stated[1] / (real[1] * stated[0]))) <= SAME_SHAPE:
        return None
    return f"{path} is {real[0]}x{real[1]}, and its annotations are of a picture of {stated[0]}x{stated[1]}"


def _orientation(image: Image.Image) -> int:
    try:
        found = image.getexif().get(ExifTags.Base.Orientation)
    except UNREADABLE:  # a damaged EXIF block is none
        return 1
    return found if isinstance(found, int) else 1


def _turn(image: Image.Image, stated: Size | None) -> Image.Transpose | None:
    """How to turn a picture; not at all if that would take it further from the stated shape."""
    orientation = _orientation(image)
    if orientation >= SWAPS_SIDES and stated is not None:
        there, wanted = math.log(image.width / image.height), math.log(stated[0] / stated[1])
        if abs(wanted - there) < abs(wanted + there):
            return None
    return TURNS.get(orientation)


def _in_rgb(image: Image.Image) -> Image.Image:
    """Eight bits of red, green and blue; what is transparent shows white, as on a page."""
    if image.mode.startswith("I") or image.mode == "F":
        return Image.fromarray(_eight_bits(image)).convert("RGB")
    if image.has_transparency_data:
        white = Image.new("RGBA", image.size, "white")
        white.alpha_composite(image.convert("RGBA"))
        return white.convert("RGB")
    if image.mode == "CMYK":
        return _printed(image)
    return image.convert("RGB")


def _eight_bits(image: Image.Image) -> NDArray[np.uint8]:
    """Grey of more than eight bits, of which Pillow itself would keep the lowest eight."""
    grey = np.asarray(image).astype(np.float64)
    whole = 65535.0
    if not image.mode.startswith("I;16"):
        grey = np.nan_to_num(grey, posinf=0.0, neginf=0.0)
        most = grey.max(initial=0.0)
        whole = next((w for w in (1.0 if image.mode == "F" else 255.0, 255.0, 65535.0) if most <= w), most)
    return np.rint(grey / whole * 255).clip(0, 255).astype(np.uint8)


def _printed(image: Image.Image) -> Image.Image:
    """The colours of ink, by the picture's own profile if it has one."""
    profile = image.info.get("icc_profile")
    if profile:
        try:
            made = ImageCms.profileToProfile(
                image, ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, *UNREADABLE):
            made = None
        if made is not None:
            return made
    return image.convert("RGB")
