"""Are things drawn in the colour that is asked for, and would they have it anyway?

Every graph of a split is drawn three times from annotated boxes and masks, with the same noise: asking for each
object's colour in the real picture, asking for none, and asking for colours drawn by chance. Drawn objects are named by
the rules that named the real ones (`sg2im_cli.data.color_terms`), under the same masks. Grass is green without being
asked; what a model can be told shows where asked and unasked differ, and most of all in colours that nobody expects.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sg2im_cli.data.color_terms import COLORS, UNNAMED, color_words
from sg2im_cli.data.dataset import SceneDataset
from sg2im_cli.evaluation.drawing import Drawn, Told, draw_split, nothing
from sg2im_cli.evaluation.figures import Figure, Resamples, Section, mean_figure
from sg2im_cli.evaluation.subject import Subject
from sg2im_cli.model.generator import Generator
from sg2im_parsers.grounding.lexicon import packaged_lexicon
from sg2im_parsers.grounding.vocabulary_lexicon import VocabularyLexicon
from sg2im_parsers.vocabulary import Vocabulary

Ids = NDArray[np.int64]
"""Places in `COLORS`; `UNNAMED` where the rules give an object no colour."""

NOTES = (
    "Of objects to which the rules give a colour in the real picture; drawn objects are named by the same rules, under "
    "the same masks. Sizes are not asked for.",
    "Colours by chance are any that the weights know, with equal shares; a few of them are the object's own.",
)


@dataclass(frozen=True)
class ColorAnswers:
    """The K objects that have a colour in their real pictures, which colours were asked for, and which were drawn.

    Attributes:
        owners: (K,) the picture of each, from 0 to N - 1.
        objs: (K,) their categories.
        real: (K,) the colour of each in its real picture, and what was asked for first.
        asked: (K,) the colour drawn then.
        unasked: (K,) the colour drawn when none was asked for.
        chance: (K,) a colour by chance.
        chance_asked: (K,) the colour drawn when that was asked for.
    """

    owners: Ids
    objs: Ids
    real: Ids
    asked: Ids
    unasked: Ids
    chance: Ids
    chance_asked: Ids


def evaluate_colors(
    generator: Generator, data: SceneDataset, seed: int = 0, resamples: Resamples | None = None
) -> Section:
    """How often objects are drawn in the colour that is asked for, against not asking.

    Args:
        generator: in eval mode.
        data: a split with pixels and the generator's vocabulary.
        seed: of the graphs, the noise and the colours by chance.
        resamples: of the split's pictures; made of ``seed`` if not given.
    """
    return measure_colors(Subject(generator, data, resamples or Resamples(len(data), seed), seed))


def measure_colors(subject: Subject) -> Section:
    """See `evaluate_colors`; without figures for weights that know no colours."""
    title = "Colours that are asked for"
    if not known_colors(subject.data.vocabulary):
        return Section("colors", title, (), ("These weights know no colours.",))
    found = ask_colors(subject.generator, subject.data, subject.seed, subject.told("pictures of asked colours"))
    by_color = {
        name: {
            "objects": int((found.real == i).sum()),
            "asked": _share(found.asked, found.real, found.real == i),
            "unasked": _share(found.unasked, found.real, found.real == i),
            "by_chance": int((found.chance == i).sum()),
            "by_chance_asked": _share(found.chance_asked, found.chance, found.chance == i),
            "by_chance_unasked": _share(found.unasked, found.chance, found.chance == i),
        }
        for i, name in enumerate(COLORS)
    }
    figures = tuple(_figures(found, subject.resamples))
    return Section("colors", title, figures, NOTES, {"by_color": by_color})


def _figures(found: ColorAnswers, resamples: Resamples) -> list[Figure]:
    asked, unasked = found.asked == found.real, found.unasked == found.real
    chance, before = found.chance_asked == found.chance, found.unasked == found.chance
    rows = [
        ("color_asked", "drawn in its real colour, asked for", asked, "higher"),
        ("color_unasked", "drawn in its real colour, not asked for", unasked, None),
        ("color_gain", "what asking adds", asked.astype(int) - unasked, "higher"),
        ("color_chance_asked", "drawn in a colour by chance, asked for", chance, "higher"),
        ("color_chance_unasked", "drawn in a colour by chance, not asked for", before, None),
        ("color_chance_gain", "what asking adds, colours by chance", chance.astype(int) - before, "higher"),
    ]
    figures: list[Figure] = []
    for name, title, values, better in rows:
        figures += mean_figure(name, title, "given", values, found.owners, resamples, "objects", better)  # type: ignore[arg-type]
    return figures


def _share(drawn: Ids, wanted: Ids, which: NDArray[np.bool_]) -> float | None:
    return float((drawn == wanted)[which].mean()) if which.any() else None


def known_colors(vocabulary: Vocabulary) -> dict[int, int]:
    """Which of `COLORS` a vocabulary has, and their ids among its attributes."""
    words = VocabularyLexicon(packaged_lexicon(), vocabulary)
    found = {i: words.attribute(name) for i, name in enumerate(COLORS)}
    own = {i: match.name for i, match in found.items() if match is not None and match.rule in ("exact", "spelling")}
    return {i: vocabulary.attribute_id(name) for i, name in own.items()}


def ask_colors(generator: Generator, data: SceneDataset, seed: int = 0, told: Told = nothing) -> ColorAnswers:
    """Draw a split three times, and name the colours of its objects.

    Args:
        generator: in eval mode; it knows some of `COLORS`.
        data: a split with pixels and the generator's vocabulary.
        seed: of the graphs, the noise and the colours by chance.
        told: how far it is.
    """
    known = known_colors(data.vocabulary)
    real = name_objects(data, [scene.image for scene in data.scenes], masked=True)
    real = np.where(np.isin(real, list(known)), real, UNNAMED)
    has = real != UNNAMED
    rng = np.random.default_rng(seed)
    chance = np.where(has, rng.choice(list(known), len(real)), UNNAMED)
    masked = bool(generator.config.mask_size)
    drawn = []
    for i, colors in enumerate((real, np.full_like(real, UNNAMED), chance)):

        def part(done: int, total: int, before: int = i) -> None:
            told(before * total + done, 3 * total)

        pictures = draw_split(generator, _said(data, colors, known), "given", seed, told=part)
        drawn.append(name_objects(data, _images(pictures), masked)[has])
    counts = [len(scene.objs) for scene in data.scenes]
    owners = np.repeat(np.arange(len(data)), counts)[has]
    objs = np.concatenate([scene.objs for scene in data.scenes])[has]
    return ColorAnswers(owners, objs, real[has], drawn[0], drawn[1], chance[has], drawn[2])


def name_objects(data: SceneDataset, images: Sequence[NDArray[np.uint8] | None], masked: bool) -> Ids:
    """The colour (O,) of each object of a split in pictures (3, H, W) of its graphs.

    Args:
        data: says where the objects are.
        images: one for each scene.
        masked: False for pictures in which objects fill their boxes.
    """
    names: list[str | None] = []
    for scene, image in zip(data.scenes, images, strict=True):
        assert image is not None, "read with pixels"
        masks = scene.masks if masked else np.ones_like(scene.masks)
        names += color_words(image, scene.boxes, masks, scene.has_mask)
    return np.array([UNNAMED if name is None else COLORS.index(name) for name in names], dtype=np.int64)


def _said(data: SceneDataset, colors: Ids, known: dict[int, int]) -> SceneDataset:
    """The split with these colours (O,) said of its objects, and nothing else."""
    table = np.zeros((len(colors), len(data.vocabulary.attributes)), dtype=bool)
    asked = np.flatnonzero(colors != UNNAMED)
    table[asked, [known[int(color)] for color in colors[asked]]] = True
    ends = np.cumsum([len(scene.objs) for scene in data.scenes])
    rows = np.split(table, ends[:-1])
    scenes = [replace(scene, attributes=own) for scene, own in zip(data.scenes, rows, strict=True)]
    return SceneDataset(scenes, data.vocabulary, data.config, data.unknown)


def _images(drawn: Drawn) -> list[NDArray[np.uint8]]:
    return list(drawn.images.numpy())
