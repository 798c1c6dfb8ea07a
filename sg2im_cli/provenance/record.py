"""What made a picture, as the picture itself carries it: JSON under the key ``sg2im`` of a PNG.

The schema is ``record.schema.json``, which refers to that of scene graphs. What a reader does not know is passed over;
what would change a known part's meaning raises ``format_version``.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata, resources
from typing import Any

from sg2im_cli.provenance.png_text import png_info
from sg2im_cli.version import __version__
from sg2im_parsers.graph_json import graph_to_json
from sg2im_parsers.scene_graph import SceneGraph, SceneObject

KEY = "sg2im"
FORMAT_VERSION = 1
LAST_SEED = 2**63 - 1
LARGEST_SCALE = 64
SHOWN_DIGITS = 12
"""Of a checksum, in a sentence."""


@dataclass(frozen=True)
class WeightsMark:
    """Which weights.

    Attributes:
        ref: as the user named them.
        revision: the commit on the Hub; None for others.
        checksum: SHA-256 of ``model.safetensors``.
        settings: SHA-256 of the generator's settings and vocabulary, as JSON with sorted keys and no spaces.
    """

    ref: str
    revision: str | None
    checksum: str
    settings: str

    @property
    def pinned(self) -> str:
        """What `resolve` takes for the very same weights."""
        return self.ref if self.revision is None else f"{self.ref.partition('@')[0]}@{self.revision}"

    def same_as(self, other: WeightsMark) -> bool:
        """Whether both make the same pictures, whatever they are called."""
        return (self.checksum, self.settings) == (other.checksum, other.settings)


@dataclass(frozen=True, kw_only=True)
class Options:
    """How it was made.

    Attributes:
        device: ``cpu``, ``cuda`` or ``mps``.
        dtype: the model's precision.
        enforce: which boxes were moved until the relationships held: those that were predicted if None, given ones
            without a pin, too, if True, none if False.
        strict: whether a word that is dropped was refused.
        scale: how much the saved picture is enlarged.
        nlp: the spaCy pipeline that read the sentence; None for the embedded one.
    """

    device: str = "cpu"
    dtype: str = "float32"
    enforce: bool | None = None
    strict: bool = False
    scale: int = 1
    nlp: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As the schema says."""
        moved = {"enforce": self.enforce is not False, "moves_given": self.enforce is True}
        return {**vars(self), **moved}


@dataclass(frozen=True, kw_only=True)
class Record:
    """What made one picture.

    Attributes:
        text: the sentence; None for a given graph.
        seed: of all that was drawn at random for the picture.
        graph: in the model's words; boxes, masks and seeds only where they were given.
        drawn: the same with the boxes and masks of the picture; those of the model are rounded. An object that was
            drawn with a seed has that, and no mask that can be made of it again.
        weights: which.
        options: how.
        versions: of each program that had a part in it.
    """

    text: str | None
    seed: int
    graph: SceneGraph
    drawn: SceneGraph
    weights: WeightsMark
    options: Options
    versions: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        """As the schema says."""
        pairs = zip(self.graph.objects, self.drawn.objects, strict=True)
        return {
            "format_version": FORMAT_VERSION,
            "text": self.text,
            "seed": self.seed,
            "graph": graph_to_json(self.graph),
            "layout": [_predicted(*pair) for pair in pairs],
            "weights": dict(vars(self.weights)),
            "options": self.options.to_json(),
            "versions": dict(self.versions),
        }

    def png_info(self) -> Any:  # noqa: ANN401 Pillow need not be there to read this module
        """The chunk, for Pillow to save.

        Raises:
            InputError: the record is too long for a picture.
        """
        return png_info(KEY, json.dumps(self.to_json(), separators=(",", ":")))


def record_schema() -> dict[str, Any]:
    """The JSON schema of a record; it refers to `graph_schema` as ``scene_graph.schema.json``."""
    text = (resources.files("sg2im_cli") / "provenance" / "record.schema.json").read_text(encoding="utf8")
    return dict(json.loads(text))


def differences(then: Record, now: Record) -> tuple[str, ...]:
    """What is not as it was and can change pixels, or how a sentence is read, one phrase each."""
    found = []
    if not then.weights.same_as(now.weights):
        found.append(f"weights: {_mark(then.weights)} then, {_mark(now.weights)} now")
    if then.options.device != now.options.device:
        found.append(f"device: {then.options.device} then, {now.options.device} now")
    for name in dict.fromkeys((*then.versions, *now.versions)):
        before, after = then.versions.get(name), now.versions.get(name)
        if before != after:
            found.append(f"{name}: {before or 'not there'} then, {after or 'not there'} now")
    return tuple(found)


@cache
def versions() -> dict[str, str]:
    """Of the programs that a picture depends on, without importing them."""
    return {
        "sg2im": __version__,
        "torch": metadata.version("torch"),
        "spacy": metadata.version("spacy"),
        "python": platform.python_version(),
    }


def _mark(weights: WeightsMark) -> str:
    same_file = f"{weights.checksum[:SHOWN_DIGITS]}, settings {weights.settings[:SHOWN_DIGITS]}"
    return f"{weights.pinned} (SHA-256 {same_file})"


def _predicted(asked: SceneObject, drawn: SceneObject) -> dict[str, Any]:
    """Box, mask and seed that are not as they were given."""
    known: dict[str, Any] = {}
    if drawn.box is not None and drawn.box != asked.box:
        known["box"] = list(drawn.box)
    if asked.mask is None and drawn.mask is not None:
        known["mask"] = [list(row) for row in drawn.mask]
    if asked.seed is None and drawn.seed is not None:
        known["seed"] = drawn.seed
    return known
