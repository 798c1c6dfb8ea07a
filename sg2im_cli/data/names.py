"""Names as people say them: what tools write with underscores, hyphens and capitals no sentence would reach."""

from __future__ import annotations

import re
import unicodedata

from sg2im_parsers.vocabulary import COCO_STUFF, COCO_STUFF_ENDINGS

CAPITAL_INSIDE = re.compile(r"(?<=[a-z]{2})(?=[A-Z][a-z])")
"""Where "DiningTable" has a space in a sentence; "iPhone" and "McDonald" have none."""


def spoken_name(name: str) -> str:
    """A name in small letters with single spaces; empty where it has no letter.

    Names of COCO-Stuff stay as published weights have them.

    >>> [spoken_name(name) for name in ("Traffic_Light", "potted-plant", "DiningTable", "car ", "t-shirt", "sky-other")]
    ['traffic light', 'potted plant', 'dining table', 'car', 't-shirt', 'sky-other']
    """
    text = unicodedata.normalize("NFKC", name).strip()
    if not re.search(r"[\s_-]", text):
        text = CAPITAL_INSIDE.sub(" ", text)
    text = " ".join(text.lower().replace("_", " ").split())
    if text in COCO_STUFF or text.endswith(COCO_STUFF_ENDINGS):
        return text
    parts = [part.strip() for part in text.split("-") if part.strip()]
    return ("-" if any(len(part) == 1 for part in parts) else " ").join(parts)
