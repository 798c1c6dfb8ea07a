"""How images are prepared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sg2im_cli.config import DataConfig
from sg2im_cli.data.choosing import EVERYTHING


@dataclass(frozen=True, kw_only=True)
class PrepareOptions:
    """How images are prepared.

    Attributes:
        image_size: height and width in pixels.
        mask_size: M.
        keep: which images and objects; everything by default.
        skip_unreadable: leave out images that cannot be read, in place of stopping there.
        guess_masks: in train, objects without a mask get one by `pseudo_masks`, where it can be believed; other splits
            stay as they were annotated, so that figures stay comparable.
        source: the options of the source, to know them again.
    """

    image_size: tuple[int, int]
    mask_size: int
    keep: DataConfig = EVERYTHING
    skip_unreadable: bool = False
    guess_masks: bool = False
    source: Mapping[str, Any] = field(default_factory=dict)
