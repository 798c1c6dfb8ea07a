"""Graphs as sentences, and what of them survives."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest
from PIL import Image

from sg2im_cli.data.relations import PAPER_RELATIONS, SPOKEN_RELATIONS
from sg2im_cli.evaluation.figures import Resamples
from sg2im_cli.evaluation.sentences import graph_of, measure_sentences, write_sentences
from sg2im_cli.evaluation.subject import Subject
from sg2im_cli.painter import Painter
from sg2im_cli.steering.check import Check
from sg2im_errors import InputError
from sg2im_parsers.english.parser import SceneGraphParser
from sg2im_parsers.english.pipeline import load_pipeline
from sg2im_parsers.grounding.sentence import ground
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject
from sg2im_parsers.vocabulary import Vocabulary


@pytest.fixture(scope="module")
def parser():
    return SceneGraphParser(load_pipeline())


@pytest.mark.parametrize(
    ("names", "triples", "text", "unsaid"),
    [
        (("car", "road"), [(0, "on", 1)], "A car is on a road.", 0),
        (
            ("tree", "car", "umbrella"),
            [(0, "left of", 1), (2, "in front of", 1)],
            "A tree is to the left of a car. An umbrella is in front of the car.",
            0,
        ),
        (("dog", "dog"), [(0, "beside", 1)], "A dog is beside another dog.", 0),
        (  # which dog is on the road could not be said
            ("dog", "dog", "road"),
            [(0, "beside", 1), (0, "on", 2)],
            "A dog is beside another dog. There is a road.",
            1,
        ),
        (("car", "road"), [(0, "on", 1), (0, "on", 1)], "A car is on a road.", 0),
        (("grass",), [], "There is some grass.", 0),
        (("sky", "sea"), [(0, "surrounding", 1)], "A sky is around a sea.", 0),
        (("flowers", "flowers"), [(0, "near", 1)], "A flower is near another flower.", 0),
    ],
)
def test_how_a_graph_is_said(names, triples, text, unsaid):
    wording = write_sentences(names, triples)
    assert (wording.text, wording.unsaid) == (text, unsaid)
    assert Counter(wording.objects) == Counter(names)
    assert len(wording.relationships) == len(set(triples)) - unsaid


@pytest.mark.parametrize("relations", [SPOKEN_RELATIONS, PAPER_RELATIONS])
def test_every_relation_can_be_said_and_is_understood(parser, relations):
    vocabulary = Vocabulary.from_names(("car", "road", "tree", "dog"), relations)
    for predicate in relations:
        wording = write_sentences(("dog", "car", "tree"), [(0, predicate, 1), (2, predicate, 1)])
        graph = ground(parser(wording.text), vocabulary).graph
        objects = [item.name for item in graph.objects]
        said = {(objects[r.subject], r.predicate, objects[r.object]) for r in graph.relationships}
        assert sorted(objects) == ["car", "dog", "tree"], wording.text
        assert said == {("dog", predicate, "car"), ("tree", predicate, "car")}, wording.text


@pytest.mark.parametrize("name", ["clothes", "flowers", "remote", "skis", "grass", "sand", "extractor hood", "hot dog"])
def test_one_of_a_name_is_understood_as_one(parser, name):
    vocabulary = Vocabulary.from_names((name, "car", "road"), SPOKEN_RELATIONS, {"grass", "sand"} & {name})
    wording = write_sentences((name, "car", "road"), [(0, "near", 1), (0, "on", 2)])
    graph = ground(parser(wording.text), vocabulary).graph
    assert sorted(item.name for item in graph.objects) == sorted([name, "car", "road"]), wording.text


def test_the_graph_that_is_said_is_the_one_that_is_measured(small_scenes):
    batch = small_scenes.collate([3], seed=4, exact=True)
    names, triples = graph_of(small_scenes, 3, seed=4)
    vocabulary = small_scenes.vocabulary
    assert names == tuple(vocabulary.objects[i] for i in batch.objs[:-1])
    kept = [t for t in batch.triples.tolist() if t[1] != 0]
    assert triples == [(s, vocabulary.predicates[p], o) for s, p, o in kept]


def test_all_the_way_with_the_real_parser(small_checkpoint, small_scenes, color_judge, parser):
    painter = Painter(small_checkpoint.generator, small_checkpoint.vocabulary, "tiny", parser)
    told = []
    subject = Subject(
        small_checkpoint.generator,
        small_scenes,
        Resamples(len(small_scenes), 0),
        judge=color_judge,
        painter=painter,
        progress=lambda *progress: told.append(progress),
    )
    section = measure_sentences(subject)
    assert told[-1] == ("sentences", 12, 12)
    objects = section.figure("objects_survive", "predicted")
    assert objects.count == 60  # 12 pictures with five objects
    assert objects.value >= 0.9
    relationships = section.figure("relationships_survive", "predicted")
    by_relation = section.details["by_relation"]
    assert sum(row["said"] for row in by_relation.values()) == relationships.count
    assert all(row["read"] == 1 for row in by_relation.values())
    assert section.figure("said_satisfied", "predicted").value <= relationships.value
    known = sum(len([n for n in graph_of(small_scenes, i, 0)[0] if n in ("car", "dog")]) for i in range(12))
    recognised = section.figure("said_recognised", "predicted")
    assert (0 if recognised is None else recognised.count) == known


@dataclass(frozen=True)
class Painted:
    images: tuple
    graph: SceneGraph
    checks: tuple


class Deaf:
    """Understands the first word of each sentence pair only, or nothing."""

    def __init__(self, graph):
        self.graph = graph

    def paint(self, text_or_graph, seed=0):
        if self.graph is None:
            raise InputError("Nothing in it can be drawn.")
        checks = tuple(Check(relationship=r, satisfied=i == 0) for i, r in enumerate(self.graph.relationships))
        return Painted((Image.new("RGB", (8, 8)),), self.graph, checks)


def flags(small_generator, scenes, painter):
    section = measure_sentences(Subject(small_generator, scenes, Resamples(len(scenes), 0), painter=painter))
    return {figure.name: (round(figure.value * figure.count), figure.count) for figure in section.figures}


def test_nothing_survives_a_painter_that_understands_nothing(small_generator, small_scenes):
    found = flags(small_generator, small_scenes, Deaf(None))
    assert found["objects_survive"] == (0, 60)
    assert found["relationships_survive"][0] == found["said_satisfied"][0] == 0
    assert "said_recognised" not in found  # without a judge


def test_what_is_found_is_used_once(small_generator, small_scenes):
    """Of two skies said, one sky in the graph is one that survives; a relationship counts by its names."""
    scene = SceneGraph((SceneObject(name="sky"), SceneObject(name="road")), (Relationship(0, "above", 1),))
    found = flags(small_generator, small_scenes, Deaf(scene))
    assert found["objects_survive"] == (24, 60)  # a sky and a road in each of twelve
    said = [write_sentences(*graph_of(small_scenes, i, 0)).relationships for i in range(12)]
    expected = sum(("sky", "above", "road") in keys for keys in said)
    assert found["relationships_survive"] == (expected, sum(map(len, said)))
    assert found["said_satisfied"][0] == expected
