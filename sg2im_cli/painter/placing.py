"""From what a graph gives and what the model predicts to where everything is."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from sg2im_cli.painter.given import given_boxes, given_masks, visible_boxes, with_layout
from sg2im_cli.steering.around import place_around
from sg2im_cli.steering.statements import Statement
from sg2im_parsers.scene_graph import SceneGraph
from sg2im_parsers.vocabulary import Vocabulary


@dataclass(frozen=True)
class Placed:
    """Where the O objects of one graph are.

    Attributes:
        graph: with boxes and masks as a file holds them; no box where none is visible.
        boxes: (O + 1, 4), `__image__` last, as they are drawn.
        masks: (O + 1, M, M) likewise; None for a model without masks, if none is given.
        given_up: what could not be held together with the rest.
    """

    graph: SceneGraph
    boxes: Tensor
    masks: Tensor | None
    given_up: tuple[Statement, ...] = ()


def place(
    graph: SceneGraph,
    told: SceneGraph,
    boxes: Tensor,
    masks: Tensor | None,
    vocabulary: Vocabulary,
    enforced: bool = False,
    as_is: bool = False,
) -> Placed:
    """Where the objects of a graph are: as given, as predicted, or moved from there.

    Args:
        graph: in the model's words; boxes and masks where they are given.
        told: the same as the model was told it, with relationships between copies after its own.
        boxes: (O + 1, 4) as predicted, `__image__` last.
        masks: (O + 1, M, M) as predicted; None for a model without masks.
        vocabulary: of the model.
        enforced: hold all that is said; see `sg2im_cli.steering.around`.
        as_is: move nothing, also where a box is missing or has a pin.
    """
    masks = given_masks(graph, masks, boxes)
    seen = visible_boxes(boxes)[: len(graph.objects)]
    if as_is or not (enforced or any(o.box is not None or o.pin for o in graph.objects)):
        found = with_layout(graph, [o.box or box for o, box in zip(graph.objects, seen, strict=True)], masks)
        return Placed(found, given_boxes(found, boxes), masks)
    shaped = with_layout(graph, [o.box for o in graph.objects], masks)
    wishes = told.relationships[len(graph.relationships) :]
    held = place_around(shaped, seen, vocabulary, enforced, wishes)
    return Placed(held.graph, given_boxes(held.graph, boxes), masks, held.given_up)
