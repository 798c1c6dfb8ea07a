"""What made a picture: to JSON and back, into a PNG and back, and what cannot be read."""

from __future__ import annotations

import json
import random
import struct
import zlib
from dataclasses import replace

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from referencing import Registry, Resource

from sg2im_cli.provenance.png_text import MOST_BYTES, png_info, read_png_text
from sg2im_cli.provenance.read import read_record, record_from_json
from sg2im_cli.provenance.record import Options, Record, WeightsMark, differences, record_schema, versions
from sg2im_errors import InputError
from sg2im_parsers.graph_json import graph_schema
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject

BOX, MASK = (0.1, 0.2, 0.30000000000000004, 0.9), ((0.0, 1 / 3), (0.5, 1.0))
ASKED = SceneGraph(
    (
        SceneObject(name="car", text="sedan", box=BOX, seed=12),
        SceneObject(name="road", mask=MASK),
        SceneObject(name="sky"),
    ),
    (Relationship(0, "on", 1),),
)
DRAWN = replace(
    ASKED,
    objects=(
        replace(ASKED.objects[0], mask=MASK),
        replace(ASKED.objects[1], box=(0.0, 0.5, 1.0, 1.0), seed=0),
        ASKED.objects[2],  # predicted outside the picture
    ),
)
RECORD = Record(
    text="a sedan on the road",
    seed=7,
    graph=ASKED,
    drawn=DRAWN,
    weights=WeightsMark("owner/name@main", "a" * 40, "b" * 64, "c" * 64),
    options=Options(enforce=True, scale=4, nlp="elsewhere"),
    versions={"sg2im": "1", "torch": "2"},
)


def validator():
    resource = Resource.from_contents(graph_schema())
    registry = Registry().with_resource("scene_graph.schema.json", resource)
    return jsonschema.Draft202012Validator(record_schema(), registry=registry)


def save(path, record=RECORD):
    Image.new("RGB", (4, 3), "red").save(path, pnginfo=record.png_info())
    return path


def save_text(path, text, key="sg2im"):
    Image.new("RGB", (4, 3)).save(path, pnginfo=png_info(key, text))
    return path


def test_a_record_survives_json_and_png(tmp_path):
    assert record_from_json(json.loads(json.dumps(RECORD.to_json()))) == RECORD
    assert read_record(save(tmp_path / "a.png")) == RECORD


boxes = st.lists(st.floats(0, 1), min_size=4, max_size=4).map(
    lambda v: (min(v[0], v[1]), min(v[2], v[3]), max(v[0], v[1]), max(v[2], v[3]))
)
seeds = st.integers(0, 2**63 - 1)
whole_boxes = boxes.filter(lambda b: b[0] < b[2] and b[1] < b[3])


@given(
    text=st.none() | st.text(),
    seed=seeds,
    names=st.lists(
        st.tuples(st.sampled_from(["car", "road", "\U0001f415"]), st.none() | whole_boxes, st.none() | seeds),
        max_size=4,
    ),
    predicted=whole_boxes,
    sampled=st.none() | seeds,
)
def test_any_record_survives_and_is_valid(text, seed, names, predicted, sampled):
    asked = SceneGraph(tuple(SceneObject(name=name, box=box, seed=own) for name, box, own in names))
    drawn = SceneGraph(
        tuple(
            replace(item, box=item.box or predicted, mask=MASK, seed=sampled if item.seed is None else item.seed)
            for item in asked.objects
        )
    )
    record = replace(RECORD, text=text, seed=seed, graph=asked, drawn=drawn)
    data = json.loads(json.dumps(record.to_json()))
    assert record_from_json(data) == record
    assert validator().is_valid(data)


def test_the_schema_is_one_and_says_what_is_read():
    jsonschema.Draft202012Validator.check_schema(record_schema())
    validator().validate(RECORD.to_json())


@pytest.mark.parametrize(
    ("key", "value", "place"),
    [
        ("seed", -1, "seed"),
        ("seed", True, "seed"),
        ("seed", 2**63, "seed"),
        ("text", 3, "text"),
        ("graph", {"objects": [{"name": "car", "box": [0.5, 0, "x", 1]}]}, "objects[0].box"),
        ("graph", None, "graph"),
        ("layout", [{}], "layout"),
        ("layout", [{}, {"mask": [[2]]}, {}], "layout[1].mask"),
        ("layout", [{}, {"seed": -1}, {}], "layout[1].seed"),
        ("weights", {"ref": "default", "checksum": "b"}, "weights.settings"),
        ("weights", {"ref": "default", "revision": 3, "checksum": "b", "settings": "c"}, "weights.revision"),
        ("options", {**RECORD.to_json()["options"], "scale": 0}, "options.scale"),
        ("options", {**RECORD.to_json()["options"], "enforce": "yes"}, "options.enforce"),
        ("versions", {"torch": 2}, "versions.torch"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_the_schema_refuses_it_too(tmp_path, key, value, place):
    data = {**RECORD.to_json(), key: value}
    if key != "layout" or len(value) == 3:  # that there is one for each object is beyond a schema
        assert not validator().is_valid(data)
    with pytest.raises(InputError) as caught:
        read_record(save_text(tmp_path / "a.png", json.dumps(data)))
    assert f"{place}" in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path}/a.png has a record that cannot be used: ")


@pytest.mark.parametrize("enforce", [None, True, False])
def test_a_record_says_which_boxes_were_moved(enforce):
    record = replace(RECORD, options=Options(enforce=enforce))
    assert record_from_json(record.to_json()) == record
    assert record.to_json()["options"]["enforce"] is (enforce is not False)


@pytest.mark.parametrize(
    ("enforce", "given", "meant"), [(True, True, True), (False, True, None), (False, False, False)]
)
def test_records_from_before_boxes_were_moved_by_default_mean_what_they_meant(enforce, given, meant):
    asked = RECORD.graph if given else SceneGraph((SceneObject(name="car"),))
    data = replace(RECORD, graph=asked, drawn=asked).to_json()
    data["options"] = {**data["options"], "enforce": enforce}
    del data["options"]["moves_given"]
    assert record_from_json(data).options.enforce is meant


def test_what_a_reader_does_not_know_is_passed_over():
    data = {**RECORD.to_json(), "later": 1}
    validator().validate(data)
    assert record_from_json(data) == RECORD


def test_a_newer_format_is_refused(tmp_path):
    path = save_text(tmp_path / "a.png", '{"format_version": 2, "all": "different"}')
    with pytest.raises(InputError, match=r"a\.png has a record of format 2, and .* up to 1; update sg2im-cli\.$"):
        read_record(path)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "[]", "{}", "null", '{"format_version": "1"}'])
def test_what_is_no_record(tmp_path, text):
    with pytest.raises(InputError, match=r"a\.png has a record that"):
        read_record(save_text(tmp_path / "a.png", text))


def test_wherever_a_picture_is_cut_its_record_is_whole_or_refused(tmp_path):
    data = save(tmp_path / "whole.png").read_bytes()
    path, found = tmp_path / "cut.png", []
    for length in range(len(data)):
        path.write_bytes(data[:length])
        try:
            found.append(read_record(path) == RECORD)
        except InputError as error:
            assert "cut.png" in str(error)
            found.append(False)
    chunk = data.index(b"iTXt") - 4
    end = chunk + 12 + int.from_bytes(data[chunk : chunk + 4])
    assert found == [length >= end for length in range(len(data))]


def test_a_damaged_chunk_is_refused(tmp_path):
    data = bytearray(save(tmp_path / "a.png").read_bytes())
    data[data.index(b"iTXt") + 40] ^= 1
    (tmp_path / "a.png").write_bytes(data)
    with pytest.raises(InputError, match="has a damaged text chunk, so what made it cannot be read"):
        read_record(tmp_path / "a.png")


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.parametrize(
    "bad",
    [
        b"sg2im\0",
        b"sg2im\0\1\0\0",
        b"sg2im\0\1\0\0\0not zlib",
        b"sg2im\0\1\0\0\0" + zlib.compress(b"{}")[:-5],
        b"sg2im\0\1\0\0\0" + zlib.compress(b"\xff"),
    ],
)
def test_a_chunk_of_another_shape_is_refused(tmp_path, bad):
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"iTXt", bad) + chunk(b"IEND", b""))
    with pytest.raises(InputError, match="has a damaged text chunk"):
        read_record(tmp_path / "a.png")


def test_a_text_that_unfolds_without_end_is_refused(tmp_path):
    bomb = b"sg2im\0\1\0\0\0" + zlib.compress(b" " * (MOST_BYTES + 1))
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"iTXt", bomb) + chunk(b"IEND", b""))
    with pytest.raises(InputError, match="has a text of more than 16 MB"):
        read_record(tmp_path / "a.png")
    with pytest.raises(InputError, match="longer than the 16 MB that a picture carries"):
        png_info("sg2im", " " * (MOST_BYTES + 1))


@settings(deadline=None, max_examples=12)
@given(objects=st.integers(1, 900), sides=st.lists(st.sampled_from([2, 16, 100, 256]), max_size=3))
def test_a_record_of_any_size_is_one_that_pillow_opens(tmp_path_factory, objects, sides):
    """Pillow opens no picture with a text of more than 1 MiB."""
    path = tmp_path_factory.mktemp("sizes") / "a.png"
    rng = random.Random(objects)
    masks = [tuple(tuple(round(rng.random(), 3) for _ in range(side)) for _ in range(side)) for side in sides]
    predicted = tuple(tuple(round(rng.random(), 3) for _ in range(16)) for _ in range(16))
    asked = tuple(SceneObject(name="tree", mask=masks[i] if i < len(masks) else None) for i in range(objects))
    drawn = tuple(replace(one, box=(0.1, 0.2, 0.3, 0.4), mask=one.mask or predicted) for one in asked)
    record = replace(RECORD, graph=SceneGraph(asked, ()), drawn=SceneGraph(drawn, ()))
    save(path, record)
    with Image.open(path) as image:
        image.load()
        assert json.loads(image.info["sg2im"])
    assert read_record(path) == record


def test_a_text_in_parts_is_whole_or_refused(tmp_path):
    text = "x" * 2_600_000
    save_text(tmp_path / "a.png", text)
    assert read_png_text(tmp_path / "a.png", "sg2im") == text
    with Image.open(tmp_path / "a.png") as image:
        assert json.loads(image.info["sg2im"]) == {"parts": 11}
    data = (tmp_path / "a.png").read_bytes()
    assert data.count(b"iTXtsg2im.7\0") == 1
    (tmp_path / "a.png").write_bytes(data.replace(b"iTXtsg2im.7\0", b"iTXtsg2im.x\0"))
    with pytest.raises(InputError, match="has a damaged text chunk|lacks a part"):
        read_png_text(tmp_path / "a.png", "sg2im")
    info = PngInfo()
    info.add_itxt("sg2im", '{"parts": 30}')
    for number in range(1, 31):
        info.add_itxt(f"sg2im.{number}", "y" * 900_000, zip=True)
    Image.new("RGB", (4, 3)).save(tmp_path / "a.png", pnginfo=info)
    with pytest.raises(InputError, match="has a text of more than 16 MB"):
        read_png_text(tmp_path / "a.png", "sg2im")


@pytest.mark.parametrize("zipped", [False, True])
def test_a_text_that_another_program_wrote_as_another_kind(tmp_path, zipped):
    info = PngInfo()
    info.add_text("Comment", "mine")
    info.add_text("sg2im", json.dumps(RECORD.to_json()), zip=zipped)
    Image.new("RGB", (4, 3)).save(tmp_path / "a.png", pnginfo=info)
    assert read_record(tmp_path / "a.png") == RECORD
    assert read_png_text(tmp_path / "a.png", "Author") is None


def test_other_pictures_and_no_pictures(tmp_path):
    Image.new("RGB", (4, 3)).save(tmp_path / "a.jpg")
    Image.new("RGB", (4, 3)).save(tmp_path / "foreign.png")
    (tmp_path / "empty.png").touch()
    for name, message in (
        ("a.jpg", "is no PNG"),
        ("empty.png", "is no PNG"),
        ("foreign.png", "does not carry what made it"),
        ("none.png", "There is no file"),
        (".", "cannot be read: Is a directory"),
    ):
        with pytest.raises(InputError, match=message):
            read_record(tmp_path / name)


def test_what_differs_is_said():
    assert differences(RECORD, RECORD) == ()
    now = replace(
        RECORD,
        weights=WeightsMark("default", None, "d" * 64, "c" * 64),
        options=replace(RECORD.options, device="cuda"),
        versions={"sg2im": "1", "torch": "3", "python": "4"},
    )
    assert differences(RECORD, now) == (
        f"weights: owner/name@{'a' * 40} (SHA-256 bbbbbbbbbbbb, settings cccccccccccc) then, "
        "default (SHA-256 dddddddddddd, settings cccccccccccc) now",
        "device: cpu then, cuda now",
        "torch: 2 then, 3 now",
        "python: not there then, 4 now",
    )


def test_versions_are_those_of_the_programs():
    import spacy
    import torch

    assert (versions()["torch"], versions()["spacy"]) == (torch.__version__, spacy.__version__)
