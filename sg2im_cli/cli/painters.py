"""A painter for a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sg2im_errors import InputError

if TYPE_CHECKING:
    from sg2im_cli.painter import Painter
    from sg2im_weights import Bundle


def load_painter(
    bundle: Bundle, device: str, dtype: str, nlp: str | None, reads: bool, instead: str | None = None
) -> Painter:
    """A painter; spaCy is imported before torch: it is quicker so.

    Args:
        bundle: resolved first, so that a wrong name is told at once.
        device: see `Painter.from_pretrained`.
        dtype: likewise.
        nlp: a spaCy pipeline, or None for the embedded one.
        reads: whether there is a sentence to read.
        instead: the device if there is none of that name here; None to refuse.
    """
    parser = None
    if reads:
        from sg2im_parsers.english.parser import SceneGraphParser
        from sg2im_parsers.english.pipeline import load_pipeline

        parser = SceneGraphParser(load_pipeline(nlp))
    from sg2im_cli.painter import Painter, choose_device

    if instead is not None:
        try:
            choose_device(device)
        except InputError:
            device = instead
    return Painter.from_pretrained(bundle, device, dtype, parser)
