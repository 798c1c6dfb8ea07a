"""Attributes in the generator: absent without a word of them, small at first, and one object's own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from sg2im_cli.config import GeneratorConfig
from sg2im_cli.data.batch import batch_graphs, collate
from sg2im_cli.data.scenes.scene import Scene
from sg2im_cli.model.generator import Generator
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject
from sg2im_parsers.vocabulary import Vocabulary

from .test_generator import SMALL, noise_for, random_graphs

NAMED = replace(SMALL, layout_category_dim=5)
A = 3


def build(config: GeneratorConfig, n_attributes: int) -> Generator:
    torch.manual_seed(0)
    return Generator(config, 9, 5, n_attributes).eval()


def spoken(generator: Generator) -> Generator:
    """With attributes as large as categories, as training would make them."""
    for table in (generator.attribute_embeddings, generator.layout_attributes):
        if table is not None:
            torch.nn.init.normal_(table.weight, generator=torch.Generator().manual_seed(7))
    return generator


def said(count: int) -> torch.Tensor:
    marks = torch.randint(0, 2, (count, A), generator=torch.Generator().manual_seed(2)).float()
    marks[-1] = 0
    return marks


def test_without_attributes_there_are_no_parameters_and_others_start_alike():
    plain, more = build(NAMED, 0).state_dict(), build(NAMED, A).state_dict()
    added = more.keys() - plain.keys()
    assert added == {"attribute_embeddings.weight", "layout_attributes.weight"}
    assert all(torch.equal(more[name], tensor) for name, tensor in plain.items())
    assert "layout_attributes.weight" not in build(SMALL, A).state_dict()


@torch.no_grad()
def test_at_first_attributes_change_boxes_next_to_nothing_and_the_layout_visibly():
    graphs = random_graphs([4, 2])
    marks = said(len(graphs[0]))
    plain, more = build(NAMED, 0), build(NAMED, A)
    before, after = plain.predict_layout(*graphs[:2]), more.predict_layout(*graphs[:2], marks)
    assert 0 < (after.boxes - before.boxes).norm() < 0.05 * before.boxes.norm()
    change = (after.vectors - before.vectors).norm() / before.vectors.norm()
    assert 0.05 < change < 1


@torch.no_grad()
def test_what_is_not_said_adds_nothing():
    generator, graphs = spoken(build(NAMED, A)), random_graphs([4, 2])
    noise = noise_for(NAMED, 2)
    silent = generator(*graphs, noise=noise, attributes=torch.zeros(len(graphs[0]), A))
    assert torch.equal(generator(*graphs, noise=noise).images, silent.images)


@torch.no_grad()
def test_an_objects_vector_is_its_categorys_plus_those_of_its_attributes():
    generator = spoken(build(replace(NAMED, gconv_num_layers=0), A))
    objs, triples = torch.tensor([3, 3, 5, 0]), torch.zeros(0, 3, dtype=torch.int64)
    marks = torch.tensor([[0.0, 0, 0], [1, 0, 1], [0, 1, 0], [0, 0, 0]])
    named = generator.predict_layout(objs, triples, marks).vectors
    categories, words = generator.layout_categories.weight, generator.layout_attributes.weight
    torch.testing.assert_close(named[0, -5:], categories[3])
    torch.testing.assert_close(named[1, -5:], categories[3] + words[0] + words[2])
    torch.testing.assert_close(named[2, -5:], categories[5] + words[1])
    sums = generator.obj_embeddings.weight[3] + generator.attribute_embeddings.weight[[0, 2]].sum(0)
    torch.testing.assert_close(named[1, :-5], generator.gconv(sums))


@pytest.mark.parametrize("config", [SMALL, NAMED, replace(SMALL, gconv_num_layers=0)])
@torch.no_grad()
def test_a_batch_equals_its_pictures_made_alone(config):
    generator, counts = spoken(build(config, A)), [3, 5]
    objs, triples, owners = random_graphs(counts)
    marks, noise = said(len(objs)), noise_for(config, 2)
    together = generator(objs, triples, owners, noise=noise, attributes=marks).images
    second = owners == 1
    moved = triples[second[triples[:, 0]]] - torch.tensor([4, 0, 4])
    alone = generator(objs[second], moved, owners[second] - 1, noise=noise[1:], attributes=marks[second]).images
    assert (alone[0] - together[1]).abs().max() < 1e-5 * together.abs().max()


def test_gradients_reach_the_words_that_were_said_only():
    generator, graphs = build(NAMED, A), random_graphs([4])
    marks = torch.zeros(5, A)
    marks[1, 2] = 1
    generator(*graphs, attributes=marks).images.sum().backward()
    for table in (generator.attribute_embeddings, generator.layout_attributes):
        assert table.weight.grad[2].abs().max() > 0
        assert (table.weight.grad[:2] == 0).all()


def test_graphs_say_their_attributes_to_a_model_that_knows_them():
    words = Vocabulary.from_names(["car", "road"], ["on"], attributes=["red", "wide"])
    car = SceneObject(name="car", attributes=("shiny", "red"))
    graph = SceneGraph((car, SceneObject(name="road", attributes=("wide", "red"))), (Relationship(0, "on", 1),))
    batch = batch_graphs([SceneGraph((SceneObject(name="road"),), ()), graph], words)
    assert batch.attributes.tolist() == [[0, 0], [0, 0], [1, 0], [1, 1], [0, 0]]
    assert torch.equal(batch.to("cpu").attributes, batch.attributes)
    assert batch_graphs([graph], Vocabulary.from_names(["car", "road"], ["on"])).attributes is None


def test_scenes_with_attributes_become_one_batch():
    def scene(marks):
        count = len(marks)
        blank = np.zeros((count, 4, 4), dtype=np.uint8)
        return Scene(
            np.ones(count, dtype=np.int64),
            np.zeros((count, 4), dtype=np.float32),
            blank,
            np.ones(count, dtype=bool),
            attributes=np.array(marks, dtype=bool),
            triples=np.zeros((0, 3), dtype=np.int64),
        )

    batch = collate([scene([[1, 0]]), scene([[0, 1]])])
    assert batch.attributes.dtype == torch.float32
    assert batch.attributes.tolist() == [[1, 0], [0, 0], [0, 1], [0, 0]]  # nothing is said of `__image__`
