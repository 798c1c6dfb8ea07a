"""From a sentence or a scene graph to pictures, with everything that led to them.

painter = Painter.from_pretrained()
painting = painter.paint("a car on the street beside buildings", seed=7)
painting.images[0].save("car.png")
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from PIL import Image
from torch import Tensor

from sg2im_cli.checkpoint import load_generator
from sg2im_cli.data.batch import batch_graphs
from sg2im_cli.model.generator import Generator
from sg2im_cli.steering.check import Check, check
from sg2im_cli.steering.enforce import enforce
from sg2im_parsers.account import Account
from sg2im_parsers.copies import keep_copies_apart
from sg2im_parsers.errors import InputError
from sg2im_parsers.given_graphs import ground_graph
from sg2im_parsers.grounding import Grounded, ground, require_objects
from sg2im_parsers.parsed import ParsedText
from sg2im_parsers.scene_graph import Box, Mask, Relationship, SceneGraph, SceneObject
from sg2im_parsers.strict import require_every_word
from sg2im_parsers.vocabulary import Vocabulary
from sg2im_weights import Bundle, resolve

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}

Parser = Callable[[str], ParsedText]


@dataclass(frozen=True)
class Painting:
    """Pictures of one graph.

    Attributes:
        images: one for each sample.
        seeds: of each sample: the first, and one more for each.
        graph: in the model's words, with the box (and mask) of every object; no box where none was visible.
        account: what became of the sentence's words; empty for a given graph.
        text: the sentence, or None.
        weights: as they were named, with the revision if they came from the Hub.
        asked: the graph before anything was predicted: boxes and masks only where they were given.
        checks: whether each relationship holds on the boxes.
        given_up: relationships that could not be enforced together with the others; empty if none were.
        apart: each sample as made alone, where they have graphs of their own; else empty.
    """

    images: tuple[Image.Image, ...]
    seeds: tuple[int, ...]
    graph: SceneGraph
    account: Account
    text: str | None
    weights: str
    asked: SceneGraph
    checks: tuple[Check, ...] = ()
    given_up: tuple[Relationship, ...] = ()
    apart: tuple[Painting, ...] = ()

    def alone(self, i: int) -> Painting:
        """Sample i with what led to it, as if it had been made alone."""
        return self.apart[i] if self.apart else replace(self, images=(self.images[i],), seeds=(self.seeds[i],))

    @property
    def boxes(self) -> tuple[Box | None, ...]:
        """Where each object of the graph is."""
        return tuple(item.box for item in self.graph.objects)

    @property
    def masks(self) -> tuple[Mask | None, ...]:
        """The shape of each object of the graph in its box."""
        return tuple(item.mask for item in self.graph.objects)


class Painter:
    """Paints sentences and scene graphs with one model.

    Args:
        generator: in eval mode; its device and precision are used.
        vocabulary: the words it knows.
        weights: what to call them.
        parser: reads sentences; the embedded pipeline's if not given, loaded when first needed.
    """

    def __init__(
        self, generator: Generator, vocabulary: Vocabulary, weights: str, parser: Parser | None = None
    ) -> None:
        self.generator = generator
        self.vocabulary = vocabulary
        self.weights = weights
        self._parser = parser

    @classmethod
    def from_pretrained(
        cls,
        ref: str | Bundle = "default",
        device: str = "auto",
        dtype: torch.dtype | str = torch.float32,
        parser: Parser | None = None,
    ) -> Painter:
        """Load weights.

        Args:
            ref: ``default``, a directory, ``owner/name[@revision]``, or a bundle.
            device: ``auto``, ``cpu``, ``cuda``, ``cuda:1``, ``mps``.
            dtype: ``torch.float32``, ``bfloat16`` or ``float16``, or its name.
            parser: see `Painter`.

        Raises:
            InputError: no such device or precision.
            WeightsError: weights that cannot be found or used.
        """
        where = choose_device(device)
        bundle = ref if isinstance(ref, Bundle) else resolve(ref)
        if isinstance(dtype, str):
            if dtype not in DTYPES:
                raise InputError(f"There is no precision {dtype!r}; use one of {', '.join(DTYPES)}.")
            dtype = DTYPES[dtype]
        loaded = load_generator(bundle, where, dtype)
        name = bundle.ref if bundle.revision is None else f"{bundle.ref.partition('@')[0]}@{bundle.revision}"
        return cls(loaded.generator, loaded.vocabulary, name, parser)

    @cached_property
    def parser(self) -> Parser:
        """What reads sentences."""
        if self._parser is not None:
            return self._parser
        from sg2im_parsers.parser import SceneGraphParser
        from sg2im_parsers.pipeline import load_pipeline

        return SceneGraphParser(load_pipeline())

    def ground(self, text: str, seed: int = 0, strict: bool = False) -> Grounded:
        """A sentence's graph in the model's words.

        Args:
            text: a sentence.
            seed: says which side "beside" is on, where a model has only sides.
            strict: refuse a sentence of which a word is dropped.

        Raises:
            InputError: nothing in it can be drawn, or a word is dropped and ``strict`` is set.
        """
        parsed = self.parser(text)
        grounded = ground(parsed, self.vocabulary, seed=seed)
        require_objects(grounded, parsed)
        if strict:
            require_every_word(grounded.account)
        return grounded

    def paint(
        self,
        text_or_graph: str | SceneGraph,
        seed: int = 0,
        samples: int = 1,
        enforced: bool = False,
        strict: bool = False,
    ) -> Painting:
        """Paint a sentence or a graph.

        Boxes and masks that a graph gives are used as they are; the others are predicted. Sample i is the picture
        that the same call makes alone with seed + i.

        Args:
            text_or_graph: a sentence, or a graph whose words the model or the lexicon knows.
            seed: of the first picture's noise.
            samples: how many pictures.
            enforced: move predicted boxes, as little as possible, until the relationships hold.
            strict: refuse a sentence of which a word is dropped.

        Raises:
            InputError: nothing can be drawn, or a word is unknown or dropped, or ``samples`` is below 1.
            MissingSolverError: ``enforced`` without the extra ``enforce``.
        """
        if samples < 1:
            raise InputError(f"samples is {samples} and must be at least 1.")
        if isinstance(text_or_graph, str):
            grounded = self.ground(text_or_graph, seed, strict)
            text: str | None = text_or_graph
            if grounded.by_seed and samples > 1:
                return self._paint_apart(text_or_graph, seed, samples, enforced)
        else:
            grounded = Grounded(ground_graph(text_or_graph, self.vocabulary), Account())
            text = None
        seeds = tuple(seed + i for i in range(samples))
        graph, images, given_up = self._paint(grounded.graph, seeds, enforced)
        checks = check(graph, self.vocabulary)
        account, asked = grounded.account, grounded.graph
        return Painting(images, seeds, graph, account, text, self.weights, asked, checks, given_up)

    def _paint_apart(self, text: str, seed: int, samples: int, enforced: bool) -> Painting:
        """Samples that each have a graph of their own, because the seed says where "beside" is."""
        each = tuple(self.paint(text, seed + i, enforced=enforced) for i in range(samples))
        remark = f"Each seed has sides of its own; the graph and the boxes are those of seed {seed}."
        account = replace(each[0].account, remarks=(*each[0].account.remarks, remark))
        images = tuple(image for painting in each for image in painting.images)
        seeds = tuple(seed + i for i in range(samples))
        return replace(each[0], images=images, seeds=seeds, account=account, apart=each)

    @torch.no_grad()
    def _paint(
        self, graph: SceneGraph, seeds: Sequence[int], enforced: bool
    ) -> tuple[SceneGraph, tuple[Image.Image, ...], tuple[Relationship, ...]]:
        told = keep_copies_apart(graph, self.vocabulary)
        batch = batch_graphs([told], self.vocabulary).to(self.device)
        predicted = self.generator.predict_layout(batch.objs, batch.triples, batch.attributes)
        boxes = _given_boxes(graph, predicted.boxes)
        masks = _given_masks(graph, predicted.masks, boxes)
        given_up: tuple[Relationship, ...] = ()
        if enforced:
            fixed = frozenset(i for i, item in enumerate(graph.objects) if item.box is not None)
            held = enforce(_with_layout(told, boxes, None), self.vocabulary, fixed)
            boxes = _given_boxes(held.graph, boxes)
            given_up = tuple(r for r in held.given_up if r in graph.relationships)
        layout = self.generator.compose(predicted.vectors, boxes, masks, batch.obj_to_img, 1)
        images = [self._picture(self.generator.refine(layout, self._noise(seed))) for seed in seeds]
        return _with_layout(graph, boxes, masks), tuple(images), given_up

    @property
    def device(self) -> torch.device:
        """Where the model is."""
        return self.generator.obj_embeddings.weight.device

    def _noise(self, seed: int) -> Tensor | None:
        """Drawn on the CPU from the picture's own seed, so that it is the same on every device."""
        config = self.generator.config
        if not config.layout_noise_dim:
            return None
        rng = torch.Generator().manual_seed(seed % 2**63)
        noise = torch.randn(1, config.layout_noise_dim, *config.image_size, generator=rng)
        return noise.to(self.generator.obj_embeddings.weight)

    def _picture(self, images: Tensor) -> Image.Image:
        """(1, 3, H, W) in model units to a picture; values are clamped, never stretched."""
        config = self.generator.config
        pixels = images[0].float().cpu().permute(1, 2, 0)
        pixels = pixels * torch.tensor(config.pixel_std) + torch.tensor(config.pixel_mean)
        return Image.fromarray((pixels.clamp(0, 1) * 255).round().to(torch.uint8).numpy())


def choose_device(name: str) -> torch.device:
    """The device of that name; ``auto`` takes CUDA, then MPS, then the CPU.

    Raises:
        InputError: there is no such device here.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.zeros(1, device=device).cpu()  # "meta" holds no values
    except Exception:
        raise InputError(f"There is no device {name!r} here; use --device cpu, or auto.") from None
    return device


def _given_boxes(graph: SceneGraph, predicted: Tensor) -> Tensor:
    boxes = predicted.clone()
    for i, item in enumerate(graph.objects):
        if item.box is not None:
            boxes[i] = torch.tensor(item.box).to(boxes)
    return boxes


def _given_masks(graph: SceneGraph, predicted: Tensor | None, boxes: Tensor) -> Tensor | None:
    """Masks of one size: given ones are resampled to the model's; without a mask head others fill their box.

    They are where the boxes are, and as precise.
    """
    if all(item.mask is None for item in graph.objects):
        return predicted
    if predicted is None:
        predicted = boxes.new_ones(len(graph.objects) + 1, 16, 16)
    masks = predicted.clone()
    for i, item in enumerate(graph.objects):
        if item.mask is not None:
            given = torch.tensor(item.mask)[None, None].to(masks)
            size = tuple(masks.shape[1:])
            masks[i] = torch.nn.functional.interpolate(given, size, mode="bilinear", align_corners=True)[0, 0]
    return masks


def _with_layout(graph: SceneGraph, boxes: Tensor, masks: Tensor | None) -> SceneGraph:
    places = boxes.float().cpu().tolist()
    objects: list[SceneObject] = []
    for i, item in enumerate(graph.objects):
        mask = None if masks is None else _mask_values(masks[i])
        objects.append(replace(item, box=item.box or _visible(places[i]), mask=item.mask or mask))
    return SceneGraph(tuple(objects), graph.relationships)


def _visible(box: Sequence[float]) -> Box | None:
    """What of a predicted box lies in the picture, as the JSON format can say it; some models predict more or less."""
    x0, y0, x1, y1 = (round(min(max(v, 0.0), 1.0), 6) for v in box)
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


def _mask_values(mask: Tensor) -> Mask:
    return tuple(tuple(round(v, 3) for v in row) for row in mask.float().cpu().tolist())
