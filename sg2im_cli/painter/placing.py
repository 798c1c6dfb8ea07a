"""From what a graph gives and what the model predicts to where everything is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor

from sg2im_cli.data.batch import GraphBatch, batch_graphs, visible_boxes
from sg2im_cli.model.object_layout import ObjectLayout
from sg2im_cli.model.prepared import Canvas, PreparedGenerator
from sg2im_cli.painter.given import given_boxes, given_masks, with_layout, without_predicted
from sg2im_cli.painter.painting import Layout
from sg2im_cli.painter.seeds import object_latents, with_seeds
from sg2im_cli.steering.around import place_around
from sg2im_cli.steering.check import check, check_places
from sg2im_cli.steering.hiding import hiding
from sg2im_cli.steering.statements import Statement
from sg2im_parsers.grounding.account import Account
from sg2im_parsers.grounding.copies import keep_copies_apart
from sg2im_parsers.scene_graph import SceneGraph
from sg2im_parsers.vocabulary import Vocabulary


@dataclass(frozen=True)
class Placed:
    """Where the O objects of one graph are.

    Attributes:
        graph: with boxes and masks as a file holds them; no box where none is visible. With the seed of every object,
            if the model draws objects from seeds.
        boxes: (O + 1, 4), `__image__` last, as they are drawn.
        masks: (O + 1, M, M) likewise; None for a model without masks, if none is given.
        given_up: what could not be held together with the rest.
    """

    graph: SceneGraph
    boxes: Tensor
    masks: Tensor | None
    given_up: tuple[Statement, ...] = ()

    def reshaped(self, graph: SceneGraph, masks: Tensor) -> Placed:
        """The same boxes with these masks (O + 1, M, M), but for those that the graph gives itself."""
        masks = given_masks(graph, masks, self.boxes)  # type: ignore[assignment]
        found = with_layout(graph, [item.box for item in self.graph.objects], masks)
        return replace(self, graph=found, masks=masks)


def layout_of(placed: Placed, asked: SceneGraph, account: Account, text: str | None, vocabulary: Vocabulary) -> Layout:
    """What a person gets of a graph that was placed: where things are, and whether what was said holds there.

    Args:
        placed: the graph with boxes.
        asked: the same as it was given.
        account: what became of a sentence's words.
        text: the sentence, or None.
        vocabulary: of the model.
    """
    return Layout(
        graph=placed.graph,
        account=account,
        text=text,
        asked=asked,
        checks=check(placed.graph, vocabulary),
        place_checks=check_places(placed.graph),
        given_up=placed.given_up,
        hiding=hiding(placed.graph, vocabulary),
    )


@torch.no_grad()
def lay_out(
    generator: PreparedGenerator,
    vocabulary: Vocabulary,
    graphs: Sequence[SceneGraph],
    seeds: Sequence[int],
    enforced: bool | None = None,
) -> tuple[list[Placed], Canvas]:
    """Where the objects of N graphs are, and the model's layouts that come of it.

    Args:
        generator: predicts and composes.
        vocabulary: of the model.
        graphs: in the model's words, at least one; boxes, masks and seeds where they are given.
        seeds: (N,) of the pictures, for objects without one.
        enforced: see `place`.
    """
    if generator.config.object_latent_dim:
        graphs = [with_seeds(graph, seed) for graph, seed in zip(graphs, seeds, strict=True)]
    told = [keep_copies_apart(graph, vocabulary) for graph in graphs]
    batch = batch_graphs(told, vocabulary).to(generator.device)
    latents = object_latents(generator.config, graphs)
    predicted = generator.predict_layout(batch.objs, batch.triples, batch.attributes, latents)
    put = partial(place, vocabulary=vocabulary, enforced=enforced)
    placed = _place_all(generator, graphs, told, batch, predicted, put)
    masks = [one.masks for one in placed if one.masks is not None]
    canvas = generator.compose(
        predicted.vectors,
        torch.cat([one.boxes for one in placed]).to(predicted.boxes),
        torch.cat(masks).to(predicted.boxes) if masks else None,
        batch.obj_to_img,
        batch.n_images,
        batch.objs,
    )
    return placed, canvas


def _place_all(
    generator: PreparedGenerator,
    graphs: Sequence[SceneGraph],
    told: Sequence[SceneGraph],
    batch: GraphBatch,
    predicted: ObjectLayout,
    put: Callable[[SceneGraph, SceneGraph, Tensor, Tensor | None], Placed],
) -> list[Placed]:
    """Each graph by itself, on the CPU, so that a GPU is waited for once."""
    sizes = [len(graph.objects) + 1 for graph in graphs]
    boxes = torch.split(predicted.boxes.cpu(), sizes)
    masks = [None] * len(sizes) if predicted.masks is None else torch.split(predicted.masks.cpu(), sizes)
    sampled = generator.config.mask_head == "sampled"
    if sampled:
        graphs = [without_predicted(graph, own) for graph, own in zip(graphs, masks, strict=True)]
    placed = [put(*each) for each in zip(graphs, told, boxes, masks, strict=True)]
    return _fitted(generator, graphs, batch, predicted, placed) if sampled else placed


def _fitted(
    generator: PreparedGenerator,
    graphs: Sequence[SceneGraph],
    batch: GraphBatch,
    predicted: ObjectLayout,
    placed: list[Placed],
) -> list[Placed]:
    """With sampled masks made anew for boxes that are not as they were predicted, which a GPU is waited for again."""
    boxes = torch.cat([one.boxes for one in placed])
    changed = (boxes != predicted.boxes.cpu()).any(1)
    if not changed.any():
        return placed
    filled = generator.fill_boxes(predicted, boxes.to(predicted.boxes), batch.objs)
    assert filled.masks is not None
    assert predicted.masks is not None
    masks = torch.where(changed[:, None, None], filled.masks.cpu(), predicted.masks.cpu())
    parts = torch.split(masks, [len(one.boxes) for one in placed])
    return [one.reshaped(graph, own) for one, graph, own in zip(placed, graphs, parts, strict=True)]


def place(
    graph: SceneGraph,
    told: SceneGraph,
    boxes: Tensor,
    masks: Tensor | None,
    vocabulary: Vocabulary,
    enforced: bool | None = None,
) -> Placed:
    """Where the objects of a graph are: as given, as predicted, or moved from there.

    Args:
        graph: in the model's words; boxes and masks where they are given.
        told: the same as the model was told it, with relationships between copies after its own.
        boxes: (O + 1, 4) as predicted, `__image__` last.
        masks: (O + 1, M, M) as predicted; None for a model without masks.
        vocabulary: of the model.
        enforced: see `sg2im_cli.painter.Painter.paint`.
    """
    masks = given_masks(graph, masks, boxes)
    seen = visible_boxes(boxes)[: len(graph.objects)]
    if enforced is False:
        found = with_layout(graph, [o.box or box for o, box in zip(graph.objects, seen, strict=True)], masks)
        return Placed(found, given_boxes(found, boxes), masks)
    shaped = with_layout(graph, [o.box for o in graph.objects], masks)
    wishes = told.relationships[len(graph.relationships) :]
    held = place_around(shaped, seen, vocabulary, bool(enforced), wishes)
    return Placed(held.graph, given_boxes(held.graph, boxes), masks, held.given_up)
