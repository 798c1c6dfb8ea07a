"""What a model is on disk and on the Hub. Knows files; never language, never model code."""

from sg2im_weights.bundle import Bundle, read_bundle, write_bundle
from sg2im_weights.convert import convert
from sg2im_weights.description import describe
from sg2im_weights.errors import WeightsError, WeightsInputError
from sg2im_weights.resolve import bundle_of_run, list_bundles, pull, resolve

__all__ = [
    "Bundle",
    "WeightsError",
    "WeightsInputError",
    "bundle_of_run",
    "convert",
    "describe",
    "list_bundles",
    "pull",
    "read_bundle",
    "resolve",
    "write_bundle",
]
