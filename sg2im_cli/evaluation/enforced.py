"""Boxes as they are drawn where nobody says otherwise: moved until what is said holds and things can be seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor

from sg2im_cli.data.batch import GraphBatch, visible_boxes
from sg2im_cli.steering.around import place_around
from sg2im_cli.steering.hiding import hiding
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject
from sg2im_parsers.vocabulary import Vocabulary


def enforced_boxes(batch: GraphBatch, boxes: Tensor, vocabulary: Vocabulary) -> tuple[Tensor, Tensor, Tensor]:
    """Hold what each graph of a batch says, as drawing does.

    Args:
        batch: N graphs, O objects; `__image__` is the last of each and has id 0.
        boxes: (O, 4) as predicted.
        vocabulary: of the model.

    Returns:
        (O, 4) boxes, (O,) how far each centre went in shares of the picture, and (O,) bool: whether, before, a thing
        was hidden by another or hid it; `__image__` stays as it is.
    """
    found, moved = boxes.float().cpu().clone(), torch.zeros(len(boxes))
    hidden = torch.zeros(len(boxes), dtype=torch.bool)
    for members, graph in _graphs(batch, vocabulary):
        seen = visible_boxes(found[members])
        items = zip(graph.objects, seen, strict=True)
        predicted = replace(graph, objects=tuple(replace(item, box=box) for item, box in items))
        for pair in hiding(predicted, vocabulary):
            hidden[[members[pair.one], members[pair.other]]] = True
        held = place_around(graph, seen, vocabulary)
        found[members] = torch.tensor([item.box for item in held.graph.objects]).reshape(-1, 4)
        moved[members] = torch.tensor(held.moved)
    return found, moved, hidden


def _graphs(batch: GraphBatch, vocabulary: Vocabulary) -> Iterator[tuple[list[int], SceneGraph]]:
    """What the model was told of each picture, and which objects of the batch that is."""
    owner, ids, triples = batch.obj_to_img.cpu(), batch.objs.cpu().tolist(), batch.triples.cpu()
    for image in range(batch.n_images):
        members = [i for i in torch.nonzero(owner == image).flatten().tolist() if ids[i]]
        place = {member: i for i, member in enumerate(members)}
        said = tuple(
            Relationship(place[s], vocabulary.predicates[p], place[o])
            for s, p, o in triples[owner[triples[:, 0]] == image].tolist()
            if s in place and o in place
        )
        yield members, SceneGraph(tuple(SceneObject(name=vocabulary.objects[ids[i]]) for i in members), said)
