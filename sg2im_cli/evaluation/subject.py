"""What is measured, and with what: handed to every section of a report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from PIL import Image
from torch import Tensor

from sg2im_cli.data.dataset import SceneDataset
from sg2im_cli.evaluation.drawing import Drawn, Told, draw_split, real_pictures
from sg2im_cli.evaluation.figures import Layout, Resamples
from sg2im_cli.evaluation.judge import LoadedJudge
from sg2im_cli.evaluation.pretrained import PictureFeatures
from sg2im_cli.evaluation.train_split import TrainSplit
from sg2im_cli.model.generator import Generator
from sg2im_cli.steering.check import Check
from sg2im_parsers.scene_graph import SceneGraph

Progress = Callable[[str, int, int], None]
"""What is told how far it is: what is done, how much of it, of how much."""


def silent(what: str, done: int, total: int) -> None:
    """Tells nobody."""


class Painted(Protocol):
    """What a painter makes of a sentence; `sg2im_cli.painter.Painting` is one."""

    @property
    def images(self) -> Sequence[Image.Image]:
        """The pictures."""

    @property
    def graph(self) -> SceneGraph:
        """In the model's words, with the box of every object."""

    @property
    def checks(self) -> Sequence[Check]:
        """Whether each relationship holds on the boxes."""


class PaintsSentences(Protocol):
    """Reads and draws a sentence; `sg2im_cli.painter.Painter` does. Measuring itself knows no language."""

    def paint(self, text_or_graph: str, seed: int = 0) -> Painted:
        """Draw a sentence."""


@dataclass(frozen=True)
class Subject:
    """A model, a split, and what judges them.

    Attributes:
        generator: in eval mode.
        data: the split, with pixels and the generator's vocabulary.
        resamples: of its pictures.
        seed: of graphs, noise and draws.
        judge: None leaves out what a judge says.
        inception: the file of the network that FID, KID and Inception Score ask; None leaves them out.
        features: what looks at pictures by EfficientNet-Lite1; None leaves out what it says.
        train: real pictures to hold against and to learn probes from; None leaves out what needs them.
        without_train: why there is no ``train``, as part of a sentence.
        painter: None leaves out sentences.
        samples: pictures of one graph, for the diversity between them.
        progress: told how far it is.
    """

    generator: Generator
    data: SceneDataset
    resamples: Resamples
    seed: int = 0
    judge: LoadedJudge | None = None
    inception: Path | None = None
    features: PictureFeatures | None = None
    train: TrainSplit | None = None
    without_train: str = "there is no other split to learn from"
    painter: PaintsSentences | None = None
    samples: int = 3
    progress: Progress = silent
    _drawn: dict[tuple[Layout, int], Drawn] = field(default_factory=dict, repr=False)
    _seen: dict[tuple[Layout, int], Tensor] = field(default_factory=dict, repr=False)

    def drawn(self, layout: Layout, sample: int = 0) -> Drawn:
        """The pictures of all graphs, drawn when first asked for."""
        if (layout, sample) not in self._drawn:
            self._drawn[layout, sample] = self._draw(layout, sample)
        return self._drawn[layout, sample]

    def seen(self, layout: Layout, sample: int = 0) -> Tensor:
        """(N, F) features of the pictures that `drawn` gives; there is ``features`` to ask for them."""
        assert self.features is not None
        if (layout, sample) not in self._seen:
            told = self.told(_named("features of ", layout, sample))
            self._seen[layout, sample] = self.features.of_pictures(self.drawn(layout, sample).images, told)
        return self._seen[layout, sample]

    def told(self, what: str) -> Told:
        """Progress of one thing."""
        return lambda done, total: self.progress(what, done, total)

    def _draw(self, layout: Layout, sample: int) -> Drawn:
        if layout == "real":
            return real_pictures(self.data)
        told = self.told(_named("", layout, sample))
        return draw_split(self.generator, self.data, layout, self.seed, sample, told)


def _named(before: str, layout: Layout, sample: int) -> str:
    what = "real pictures" if layout == "real" else f"pictures of {layout} layouts"
    return before + what + (f", sample {sample + 1}" if sample else "")
