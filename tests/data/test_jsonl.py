"""A user's own pictures: what a line means, and every mistake named with its place."""

from __future__ import annotations

import json
from importlib import resources

import jsonschema
import numpy as np
import pytest
from PIL import Image

from sg2im_cli.config import DataConfig, GeneratorConfig
from sg2im_cli.data.dataset import load_scenes
from sg2im_cli.data.prepared.options import PrepareOptions
from sg2im_cli.data.prepared.writing import prepare
from sg2im_cli.data.readers.jsonl import JsonlOptions, jsonl_source
from sg2im_cli.data.readers.jsonl_lines import LineError, check_line
from sg2im_errors import InputError

OPTIONS = PrepareOptions(image_size=(32, 32), mask_size=8)
GENERATOR = GeneratorConfig(image_size=(32, 32), refinement_dims=(8, 8), mask_size=8)
FEW = DataConfig(min_objects=1, min_area=0.0)


def line(**changes):
    whole = {
        "image": "one.png",
        "objects": [
            {"name": "dog", "box": [10, 10, 30, 50], "attributes": ["brown", "small"]},
            {"name": "grass", "box": [0, 30, 80, 60], "polygon": [0, 30, 80, 30, 80, 60]},
            {"name": "ball", "box": [40, 40, 60, 60], "rle": {"size": [60, 80], "counts": [2440, 20, 40, 20, 2280]}},
        ],
        "relationships": [[0, "stands on", 1], [2, "beside", 0]],
    }
    return {key: value for key, value in {**whole, **changes}.items() if value is not ...}


def with_object(**changes):
    first = {key: value for key, value in {**line()["objects"][0], **changes}.items() if value is not ...}
    return line(objects=[first, *line()["objects"][1:]])


@pytest.fixture
def write(tmp_path):
    """A file of lines, with their pictures beside it."""

    def make(lines, name="mine.jsonl"):
        for index, item in enumerate(lines):
            pixels = np.random.default_rng(index).integers(0, 255, (60, 80, 3), dtype=np.uint8)
            if isinstance(item, dict) and isinstance(item.get("image"), str):
                Image.fromarray(pixels).save(tmp_path / item["image"])
        path = tmp_path / name
        path.write_text("\n".join(item if isinstance(item, str) else json.dumps(item) for item in lines) + "\n")
        return path

    return make


def make(path, out, **options):
    return prepare(jsonl_source(path, JsonlOptions(**options)), out, OPTIONS, lambda *_: None, print)


def test_a_line_comes_back_as_a_scene(write, tmp_path):
    done = make(write([line()]), tmp_path / "out", stuff=("grass",))
    assert (done.things, done.stuff, done.attributes) == (("dog", "ball"), ("grass",), ("brown", "small"))
    data = load_scenes(tmp_path / "out", "train", FEW, GENERATOR)
    assert data.vocabulary.predicates == ("__in_image__", "stands on", "beside")
    scene = data.scenes[0]
    names = [data.vocabulary.objects[i] for i in scene.objs]
    assert names == ["grass", "dog", "ball"]  # largest first
    np.testing.assert_allclose(scene.boxes[1], [10 / 80, 10 / 60, 30 / 80, 50 / 60], rtol=1e-6)
    assert scene.has_mask.tolist() == [True, False, True]
    assert 0.35 < scene.masks[0].mean() < 0.65 and scene.masks[0][0, -1] == 1 and scene.masks[0][-1, 0] == 0
    said = {(names[s], data.vocabulary.predicates[p], names[o]) for s, p, o in scene.triples}
    assert said == {("dog", "stands on", "grass"), ("ball", "beside", "dog")}
    rows = done.rows("train")
    assert rows.image(0, [1]).attributes == (("brown", "small"),)
    assert rows.image(0, [1, 0]).relationships == ((0, "stands on", 1),)
    triples = data.collate([0], exact=True).triples
    assert triples[-3:].tolist() == [[0, 0, 3], [1, 0, 3], [2, 0, 3]] and len(triples) == 5


def test_relationships_are_derived_where_no_line_has_any(write, tmp_path):
    make(write([line(relationships=...)]), tmp_path / "out")
    data = load_scenes(tmp_path / "out", "train", FEW, GENERATOR)
    assert "surrounding" in data.vocabulary.predicates and data.scenes[0].triples is None


def test_a_line_without_relationships_among_others_has_none(write, tmp_path):
    make(write([line(), line(image="two.png", relationships=...)]), tmp_path / "out")
    data = load_scenes(tmp_path / "out", "train", FEW, GENERATOR)
    assert [len(scene.triples) for scene in data.scenes] == [2, 0]


def test_a_share_for_val(write, tmp_path):
    lines = [line(image=f"{i}.png") for i in range(10)]
    path = write(lines)
    done = make(path, tmp_path / "out", val_share=0.3, seed=1)
    names = {s: [done.rows(s).cell(i, "file") for i in range(len(done.rows(s)))] for s in ("train", "val")}
    assert len(names["train"]) == 7 and len(names["val"]) == 3
    assert names["train"] == sorted(names["train"]) and not set(names["train"]) & set(names["val"])
    other = jsonl_source(path, JsonlOptions(val_share=0.3, seed=2))
    assert [p.path.name for p in other.splits["val"]()] != names["val"]
    two = make(path, tmp_path / "two", val=write([line(image="v.png")], "val.jsonl"))
    assert {n: s["pictures"] for n, s in two.splits.items()} == {"train": 10, "val": 1}


MISTAKES = [
    ([], "it must be an object such as"),
    (line(image=...), "lacks 'image'"),
    (line(objects=...), "lacks 'objects'"),
    (line(objects=[]), "objects must be a list with at least one object"),
    (line(picture="one.png"), "has 'picture', and only image, objects, relationships, source are known"),
    (line(image=7), "image is 7 and must be a word"),
    (line(objects=["dog"]), "objects[0] must be an object such as"),
    (with_object(box=...), "objects[0] lacks 'box'"),
    (with_object(bbox=[1, 2, 3, 4]), "objects[0] has 'bbox', and only name, box"),
    (with_object(name=" "), "objects[0].name is ' ' and must be a word"),
    (with_object(box=[1, 2, 3]), "objects[0].box is [1, 2, 3] and must be four numbers"),
    (with_object(box=[1, 2, 3, "4"]), "objects[0].box"),
    (with_object(polygon=[1, 2, 3, 4]), "objects[0].polygon must be x and y of at least three corners"),
    (with_object(polygon=[]), "objects[0].polygon must be"),
    (with_object(rle={"size": [60, 80]}), "objects[0].rle must have size and counts"),
    (with_object(rle={"size": [0, 80], "counts": [4800]}), "objects[0].rle.size must be the picture's height"),
    (with_object(rle={"size": [60, 80], "counts": [-1]}), "objects[0].rle.counts must be a list of run lengths"),
    (with_object(polygon=[1, 2, 3, 4, 5, 6], rle={"size": [60, 80], "counts": [4800]}), "has a polygon and an rle"),
    (with_object(attributes="brown"), "objects[0].attributes must be a list of words"),
    (with_object(attributes=[""]), "objects[0].attributes[0] is '' and must be a word"),
    (with_object(machine="yes"), "objects[0].machine is 'yes' and must be true, false or 'mask'"),
    (with_object(machine=2), "objects[0].machine is 2 and must be"),
    (line(source=""), "source is '' and must be a word"),
    (line(relationships={}), "relationships must be a list such as"),
    (line(relationships=[[0, "on"]]), "relationships[0] is [0, 'on'] and must be like"),
    (line(relationships=[[0, "on", True]]), "relationships[0]"),
    (line(relationships=[[0, "", 1]]), "relationships[0][1] is '' and must be a word"),
]
"""What the schema refuses, too."""

MORE_MISTAKES = [
    (with_object(name="__image__"), "objects[0].name is '__image__', which means something else"),
    (with_object(box=[0.1, 0.2, 0.5, 0.9]), "looks like shares of the picture; it must be in pixels"),
    (with_object(box=[30, 2, 30, 9]), "has no size: x1 must be above x0"),
    (with_object(box=[1, 2, float("nan"), 9]), "objects[0].box"),
    (with_object(polygon=[1, 2, 3, 4, 5, 6, 7]), "objects[0].polygon"),
    (line(relationships=[[0, "on", 3]]), "relationships[0] is [0, 'on', 3], and there are objects 0 to 2 only"),
    (line(relationships=[[-1, "on", 1]]), "and there are objects 0 to 2 only"),
    (line(relationships=[[1, "on", 1]]), "joins an object to itself"),
    (line(relationships=[[0, "__in_image__", 1]]), "means something else here"),
]


@pytest.mark.parametrize(("wrong", "message"), [*MISTAKES, *MORE_MISTAKES])
def test_mistakes_are_named_with_their_place(wrong, message):
    with pytest.raises(LineError) as caught:
        check_line(wrong)
    assert message in str(caught.value)


@pytest.fixture(scope="module")
def schema():
    found = json.loads(resources.files("sg2im_cli.data.readers").joinpath("annotations.schema.json").read_text())
    return jsonschema.Draft202012Validator(found)


@pytest.mark.parametrize("wrong", [wrong for wrong, _ in MISTAKES])
def test_the_schema_refuses_the_same(schema, wrong):
    assert not schema.is_valid(wrong)


def test_the_schema_takes_what_is_taken(schema):
    several = with_object(polygon=[[1, 2, 3, 4, 5, 6], [1, 2, 9, 4, 5, 6]])
    machine = [with_object(machine=value) for value in (True, False, "mask")]
    for good in (
        line(),
        line(relationships=...),
        with_object(attributes=...),
        several,
        line(source="street"),
        *machine,
    ):
        check_line(good)
        schema.validate(good)


def test_a_line_says_what_a_machine_made(write, tmp_path):
    """Of a box without a shape there is no mask that a machine could have made."""
    dog, grass, ball = line()["objects"]
    marked = [{**dog, "machine": True}, {**grass, "machine": "mask"}, {**ball, "machine": True}]
    done = make(write([line(objects=marked, source="street"), line(image="two.png")]), tmp_path / "out")
    rows = done.rows("train")
    assert (rows.source(0), rows.source(1), rows.machine(1)) == ("street", "", None)
    assert rows.cell(0, "names") == ["grass", "dog", "ball"]
    assert rows.machine(0).tolist() == [[False, True], [True, False], [True, True]]
    left = load_scenes(tmp_path / "out", "train", FEW.by_people(), GENERATOR).scenes[0]
    assert len(left.objs) == 1 and not left.has_mask.any() and not len(left.triples)


def test_the_line_is_named(write, tmp_path):
    path = write([line(), "", '{"image": '])
    with pytest.raises(InputError, match="mine.jsonl, line 3 is not JSON: Expecting value at letter"):
        jsonl_source(path, JsonlOptions())
    with pytest.raises(
        InputError, match=r"line 1 is not JSON that can be read: it has a number of thousands of digits"
    ):
        jsonl_source(write(['{"image": ' + "9" * 5000 + "}"]), JsonlOptions())
    with pytest.raises(InputError, match=r"mine.jsonl, line 2: objects\[0\] lacks 'box'"):
        jsonl_source(write([line(), with_object(box=...)]), JsonlOptions())
    with pytest.raises(InputError, match="There is no file"):
        jsonl_source(tmp_path / "none.jsonl", JsonlOptions())
    with pytest.raises(InputError, match="No object is called 'sea', which --stuff names"):
        jsonl_source(write([line()]), JsonlOptions(stuff=("sea",)))
    with pytest.raises(InputError, match="too few pictures"):
        jsonl_source(write([line()]), JsonlOptions(val_share=0.5))


def test_a_mask_of_another_size_is_named(write, tmp_path):
    wrong = with_object(rle={"size": [10, 10], "counts": [100]})
    with pytest.raises(InputError, match=r"line 1: objects\[0\] has a segmentation .* 10x10 and the picture 80x60"):
        make(write([wrong]), tmp_path / "out")


def test_a_missing_picture_is_named(write, tmp_path):
    path = write([line()])
    (tmp_path / "one.png").unlink()
    with pytest.raises(InputError, match=r"one.png cannot be read"):
        make(path, tmp_path / "out")


def test_names_relations_and_attributes_as_people_say_them(tmp_path):
    Image.new("RGB", (60, 40)).save(tmp_path / "one.png")
    objects = [
        {"name": "Traffic_Light", "box": [1, 2, 30, 40], "attributes": ["Dark_Red"]},
        {"name": "traffic light ", "box": [1, 2, 9, 9]},
        {"name": "Sky", "box": [0, 0, 60, 9]},
    ]
    line = {"image": "sub\\one.png", "objects": objects, "relationships": [[0, "Next_To", 1]]}
    path = tmp_path / "mine.jsonl"
    path.write_text(json.dumps(line))
    source = jsonl_source(path, JsonlOptions(stuff=("Sky",)))
    assert (source.things, source.stuff) == (("traffic light",), ("sky",))
    assert (source.predicates, source.attributes) == (("next to",), ("dark red",))
    (image,) = source.splits["train"]()
    assert [item.name for item in image.annotations] == ["traffic light", "traffic light", "sky"]
    assert image.relationships == ((0, "next to", 1),)
    assert image.path == tmp_path / "one.png"
    assert source.notes.renamed["Traffic_Light"] == source.notes.renamed["traffic light "] == "traffic light"


@pytest.mark.parametrize("name", ["Other", "_", " - "])
def test_names_that_say_nothing(tmp_path, name):
    path = tmp_path / "mine.jsonl"
    path.write_text(json.dumps({"image": "one.png", "objects": [{"name": name, "box": [1, 2, 30, 40]}]}))
    with pytest.raises(InputError, match=r"objects\[0\].name"):
        jsonl_source(path, JsonlOptions())
