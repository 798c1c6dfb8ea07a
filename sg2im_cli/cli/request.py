"""What a command line asks of every picture that it draws, and the painter that draws them so."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sg2im_cli.provenance.record import Options
from sg2im_cli.provenance.recorder import Recorder, mark
from sg2im_errors import InputError

if TYPE_CHECKING:
    from sg2im_cli.painter import Painter
    from sg2im_weights import Bundle


@dataclass(frozen=True, kw_only=True)
class Request:
    """What all pictures of a call have in common.

    Attributes:
        weights: ``default``, a directory, or ``owner/name[@revision]``.
        options: how pictures are made; the device as the user names it.
        overwrite: whether files that exist are replaced.
        metadata: whether a PNG carries what made it.
        as_json: whether JSON is printed in place of paths.
        quiet: whether nothing else is printed.
    """

    weights: str
    options: Options
    overwrite: bool
    metadata: bool
    as_json: bool
    quiet: bool

    def load_painter(self, bundle: Bundle, reads: bool) -> Painter:
        """The painter of these weights; see `load_painter`."""
        return load_painter(bundle, self.options, reads)

    def recorder(self, bundle: Bundle, painter: Painter) -> Recorder:
        """Says of the painter's pictures what made them; reads all weights for their checksum."""
        return Recorder(mark(bundle), replace(self.options, device=painter.device.type))


def load_painter(bundle: Bundle, options: Options, reads: bool, instead: str | None = None) -> Painter:
    """A painter; spaCy is imported before torch: it is quicker so.

    Args:
        bundle: resolved first, so that a wrong name is told at once.
        options: device (see `Painter.from_pretrained`), precision, the spaCy pipeline, and whether scenes are words.
        reads: whether there is a sentence to read.
        instead: the device if there is none of that name here; None to refuse.
    """
    parser = None
    if reads:
        from sg2im_parsers.english.parser import SceneGraphParser
        from sg2im_parsers.english.pipeline import load_pipeline

        parser = SceneGraphParser(load_pipeline(options.nlp))
    from sg2im_cli.painter import Painter, choose_device

    device = options.device
    if instead is not None:
        try:
            choose_device(device)
        except InputError:
            device = instead
    return Painter.from_pretrained(bundle, device, options.dtype, parser, options.scenes)


def chosen_seed(seed: int | None) -> int:
    """The user's seed, or one that is drawn at random."""
    return secrets.randbelow(2**32) if seed is None else seed
