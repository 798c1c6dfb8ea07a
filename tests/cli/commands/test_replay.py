"""What made a picture travels in it; ``sg2im show`` prints it, and ``sg2im replay`` makes the picture again."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image

from sg2im_cli import Painter
from sg2im_cli.checkpoint import save_generator
from sg2im_cli.model.generator import Generator
from sg2im_cli.provenance.read import read_record
from sg2im_cli.provenance.record import KEY, versions
from sg2im_errors import Sg2imError
from sg2im_parsers.vocabulary import Vocabulary
from sg2im_weights import read_bundle
from sg2im_weights.card import build_card

CAR = "a car on the road"
SEA = "two sheep in a field beside a boat"
GIVEN = {
    "objects": [
        {"name": "sheep", "box": [0.1, 0.2, 0.30000000000000004, 0.9], "mask": [[0.1, 1], [0.3333333333333333, 0]]},
        {"name": "boat", "box": [0.5, 0.1, 0.9, 0.4]},
        "field",
    ],
    "relationships": [[0, "left of", 1], [0, "on", 2]],
}


def pixels(name):
    with Image.open(name) as image:
        return image.size, image.convert("RGB").tobytes()


@pytest.fixture
def again(sg2im):
    """``sg2im replay``, which finds weights and device in the picture; what its JSON says."""

    def call(*arguments):
        done = sg2im("replay", *arguments, "--json")
        assert done.code == 0, done.err
        return json.loads(done.out)["replayed"]

    return call


def test_a_picture_carries_what_made_it(draw, tiny_bundle):
    made = json.loads(draw(SEA, "--seed", 3, "--scale", 2, "--json", "-o", "a.png").out)
    record, bundle = read_record(Path("a.png")), read_bundle(tiny_bundle)
    assert (record.text, record.seed, record.options.scale, record.options.device) == (SEA, 3, 2, "cpu")
    assert record.versions == versions()
    assert (record.weights.ref, record.weights.revision) == (str(tiny_bundle), None)
    assert record.weights.checksum == bundle.checksum()
    said = record.to_json()
    drawn = [{**o, **{k: v for k, v in place.items() if k == "box"}} for o, place in zip_layout(said)]
    assert {**said["graph"], "objects": drawn} == made["graph"]
    assert all(len(place["mask"]) == 8 for place in said["layout"])


def zip_layout(said):
    return zip(said["graph"]["objects"], said["layout"], strict=True)


def test_a_record_has_seeds_in_place_of_masks_that_they_make_again(sample):
    sample(SEA, "--seed", 3, "-o", "a.png")
    said = read_record(Path("a.png")).to_json()
    assert [sorted(place) for place in said["layout"]] == [["box", "seed"]] * 4
    assert not any("seed" in item for item in said["graph"]["objects"])


def test_the_record_is_small_and_does_not_change_the_pixels(draw):
    draw(SEA, "--seed", 3, "-o", "a.png")
    draw(SEA, "--seed", 3, "-o", "b.png", "--no-metadata")
    assert pixels("a.png") == pixels("b.png")
    assert 0 < Path("a.png").stat().st_size - Path("b.png").stat().st_size < 4000


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp"])
def test_no_metadata_leaves_none_and_other_formats_have_none(sg2im, draw, name):
    done = draw(CAR, "-o", name, "-q", *(["--no-metadata"] if name == "a.png" else []))
    assert (done.out, done.err) == (f"{name}\n", "")
    with Image.open(name) as image:
        assert KEY not in image.info
    assert KEY.encode() not in Path(name).read_bytes()
    assert sg2im("show", name).code == 2


@pytest.mark.parametrize(
    "options",
    [
        (SEA,),
        (SEA, "--enforce"),
        (SEA, "--scale", 3),
        (SEA, "--dtype", "bfloat16"),
        ("--scene-graph", "given.json"),
        ("--scene-graph", "given.json", "--enforce"),
        ("a red sedan on the street", "--scale", 2),
    ],
)
def test_a_replay_has_the_same_pixels(draw, again, options):
    Path("given.json").write_text(json.dumps(GIVEN))
    draw(*options, "--seed", 5, "-o", "a.png")
    replayed = again("a.png", "-o", "b.png")
    assert pixels("a.png") == pixels("b.png")
    assert replayed == {"picture": "a.png", "same_pixels": True, "largest_difference": 0, "differs": []}
    assert read_record(Path("a.png")) == read_record(Path("b.png"))


@pytest.mark.parametrize(
    "options",
    [
        (SEA,),
        (SEA, "--enforce"),
        (SEA, "--samples", 2),
        (SEA, "--dtype", "bfloat16"),
        ("--scene-graph", "given.json"),
        ("--scene-graph", "given.json", "--enforce"),
    ],
)
def test_a_replay_of_what_was_drawn_at_random_has_the_same_pixels(sample, again, options):
    objects = [*GIVEN["objects"][:2], {"name": "field", "seed": 12}]
    Path("given.json").write_text(json.dumps({**GIVEN, "objects": objects}))
    sample(*options, "--seed", 5, "-o", "{index}.png")
    name = "1.png" if "--samples" in options else "0.png"
    assert again(name, "-o", "b.png")["same_pixels"] is True
    assert pixels(name) == pixels("b.png")
    record = read_record(Path(name))
    assert read_record(Path("b.png")) == record
    assert all(item.seed is not None for item in record.drawn.objects)
    given = [(item.mask, item.seed) for item in record.graph.objects]
    assert given == [(item.mask, seed) for item, (_, seed) in zip(record.drawn.objects, given, strict=True)]
    assert [seed for _, seed in given] == ([None, None, 12] if "--scene-graph" in options else [None] * 4)


def test_another_seed_keeps_a_layout_that_was_drawn_at_random(sample, again):
    sample(SEA, "--seed", 3, "-o", "a.png")
    again("a.png", "--seed", 9, "-o", "b.png")
    assert pixels("b.png") != pixels("a.png")
    assert read_record(Path("b.png")) == replace(read_record(Path("a.png")), seed=9)
    assert again("b.png", "-o", "c.png")["same_pixels"] is True
    again("c.png", "--seed", 3, "-o", "d.png")
    assert pixels("d.png") == pixels("a.png")


@pytest.mark.parametrize("enforce", [(), ("--enforce",)])
def test_another_sentence_keeps_shapes_that_were_drawn_at_random(sample, again, sampled_bundle, enforce):
    sample("a sheep in a field beside a sheep", "--seed", 3, *enforce, "-o", "a.png")
    again("a.png", "--text", "a boat beside three sheep", "-o", "b.png")
    before, after = (read_record(Path(name)) for name in ("a.png", "b.png"))
    painter = Painter.from_pretrained(str(sampled_bundle), "cpu")
    shown = painter.paint("a sheep in a field beside a sheep", 3, enforced=True if enforce else None).graph
    sheep = [item for item in shown.objects if item.name == "sheep"]
    for old, new in zip(sheep, after.graph.objects[1:3], strict=True):
        assert (new.box, new.mask, new.seed) == (old.box, old.mask, old.seed)
    assert [item.seed is None for item in after.graph.objects] == [True, False, False, True]
    assert len({item.seed for item in after.drawn.objects}) == 4
    assert before.drawn.objects[0].mask is None
    assert again("b.png", "-o", "c.png")["same_pixels"] is True


def test_what_was_enforced_is_replayed_as_it_was_and_not_solved_again(draw, again, monkeypatch):
    def refuse():
        raise Sg2imError("Nothing is to be solved.")

    draw(SEA, "--seed", 5, "--enforce", "-o", "a.png")
    monkeypatch.setattr("sg2im_cli.steering.solving.Solver", refuse)
    assert draw(SEA, "--enforce").code == 1
    assert again("a.png", "-o", "b.png")["same_pixels"] is True
    again("a.png", "--seed", 6, "-o", "c.png")
    assert read_record(Path("c.png")).drawn == read_record(Path("a.png")).drawn


def test_each_of_many_samples_is_replayed_alone(draw, again):
    draw(SEA, "--seed", 5, "--samples", 34, "-o", "{index}.png")  # more than are drawn at once
    for i in (0, 1, 33):
        assert read_record(Path(f"{i}.png")).seed == 5 + i
        assert again(f"{i}.png", "-o", f"again{i}.png")["same_pixels"] is True
        assert pixels(f"{i}.png") == pixels(f"again{i}.png")


def test_samples_with_graphs_of_their_own_each_carry_their_own(sg2im, again, small_config, tmp_path):
    words = Vocabulary.from_names(["dog", "cat"], ["left of", "right of", "above", "below"])
    torch.manual_seed(0)
    generator = Generator(small_config, len(words.objects), len(words.predicates)).eval()
    save_generator(tmp_path / "sides", generator, words, {"recipe": "none", "data": "none"}, build_card("s", "Random."))
    made = sg2im("a dog beside a cat", "--weights", "sides", "--device", "cpu", "--samples", 6, "--seed", 3, "-o", "s/")
    names = made.out.split()
    assert {read_record(Path(name)).graph.relationships[0].predicate for name in names} == {"left of", "right of"}
    for name in names:
        assert again(name, "-o", f"{name}.again.png")["same_pixels"] is True


def test_given_boxes_and_masks_are_exact_in_the_record(draw):
    draw("--scene-graph", "-", "-o", "a.png", stdin=json.dumps(GIVEN))
    said = read_record(Path("a.png")).to_json()
    assert said["graph"] == {**GIVEN, "objects": [*GIVEN["objects"][:2], {"name": "field"}]}
    assert [sorted(place) for place in said["layout"]] == [[], ["mask"], ["box", "mask"]]


def test_another_sentence_keeps_layout_and_noise(draw, again, tiny_bundle):
    draw("a sheep in a field beside a sheep", "--seed", 3, "-o", "a.png")
    again("a.png", "--text", "a boat beside three sheep", "-o", "b.png")
    before, after = (read_record(Path(name)) for name in ("a.png", "b.png"))
    assert [item.name for item in after.graph.objects] == ["boat", "sheep", "sheep", "sheep"]
    sheep = [item for item in before.drawn.objects if item.name == "sheep"]
    for old, new in zip(sheep, after.drawn.objects[1:3], strict=True):
        assert (new.box, new.mask) == (old.box, old.mask)
    assert [item.box is None for item in after.graph.objects] == [True, False, False, True]
    assert (after.text, after.seed, after.options) == ("a boat beside three sheep", 3, before.options)
    expected = Painter.from_pretrained(str(tiny_bundle), "cpu").paint(after.graph, seed=3)  # the noise of that seed
    assert pixels("b.png")[1] == expected.images[0].tobytes()
    assert again("b.png", "-o", "c.png")["same_pixels"] is True


def test_the_same_sentence_makes_the_same_picture(draw, again):
    draw(SEA, "--seed", 3, "-o", "a.png")
    again("a.png", "--text", SEA, "-o", "b.png")
    assert read_record(Path("b.png")).drawn == read_record(Path("a.png")).drawn
    assert pixels("a.png") == pixels("b.png")


def test_another_seed_or_scale_keeps_the_rest(draw, again):
    draw(SEA, "--seed", 3, "-o", "a.png")
    draw(SEA, "--seed", 9, "-o", "nine.png")
    assert again("a.png", "--seed", 9, "-o", "b.png")["same_pixels"] is None
    assert pixels("b.png") == pixels("nine.png")
    again("a.png", "--scale", 4, "-o", "big.png")
    assert pixels("big.png")[0] == (128, 128)
    before, big = (read_record(Path(name)) for name in ("a.png", "big.png"))
    assert big == replace(before, options=replace(before.options, scale=4))


def test_other_weights_are_said(draw, sg2im, again, tiny_bundle, tmp_path):
    draw(SEA, "--seed", 3, "-o", "a.png")
    shutil.copytree(tiny_bundle, tmp_path / "copy")
    assert again("a.png", "--weights", "copy", "-o", "b.png")["differs"] == []
    assert pixels("a.png") == pixels("b.png")
    bundle = read_bundle(tiny_bundle)
    torch.manual_seed(1)
    vocabulary = Vocabulary.from_json(bundle.config["vocabulary"])
    other = Generator(Painter.from_pretrained(bundle, "cpu").generator.config, 21, len(vocabulary.predicates)).eval()
    save_generator(tmp_path / "copy", other, vocabulary, {}, build_card("o", "Random."), overwrite=True)
    differs = again("a.png", "--weights", "copy", "-o", "c.png")["differs"]
    assert len(differs) == 1 and differs[0].startswith(f"weights: {tiny_bundle} (SHA-256 {bundle.checksum()[:12]}")
    assert "Not as it was: weights: " in sg2im("replay", "a.png", "--weights", "copy", "-o", "d.png").err


def test_weights_that_changed_under_the_same_name(draw, sg2im, tiny_bundle, tmp_path, again):
    shutil.copytree(tiny_bundle, tmp_path / "mine")
    sg2im(SEA, "--weights", "mine", "--device", "cpu", "--seed", 3, "-o", "a.png")
    config = json.loads(Path("mine/config.json").read_text())
    config["generator"]["pixel_mean"] = [0.1, 0.1, 0.1]
    Path("mine/config.json").write_text(json.dumps(config))
    done = sg2im("replay", "a.png", "-o", "b.png")
    assert (done.code, done.out) == (0, "b.png\n")
    assert "Not as it was: weights: mine (SHA-256 " in done.err
    assert "Not the same pixels as a.png: they differ by up to " in done.err
    shutil.rmtree("mine")
    done = sg2im("replay", "a.png", "-o", "c.png")
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "The weights that made a.png are not here" in done.err and "name them or others with --weights" in done.err


def test_weights_of_the_hub_that_cannot_be_fetched(draw, sg2im, monkeypatch, tmp_path):
    from huggingface_hub import constants

    draw(CAR, "--seed", 3, "-o", "a.png")
    record = read_record(Path("a.png"))
    gone = replace(record, weights=replace(record.weights, ref="someone/gone", revision="a" * 40))
    with Image.open("a.png") as image:
        image.save("hub.png", pnginfo=gone.png_info())
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    done = sg2im("replay", "hub.png", "-o", "b.png", "--yes")
    assert (done.out, done.err.count("\n")) == ("", 1) and done.code in (1, 2)
    assert "The weights that made hub.png are not here (someone/gone@aaaa" in done.err
    assert done.err.endswith("name them or others with --weights.\n")
    assert not Path("b.png").exists()


def test_another_version_and_a_device_that_is_not_here(draw, again):
    draw(CAR, "--seed", 3, "-o", "a.png")
    record = read_record(Path("a.png"))
    past = replace(record, versions={**versions(), "torch": "1.0"}, options=replace(record.options, device="tpu"))
    with Image.open("a.png") as image:
        image.save("past.png", pnginfo=past.png_info())
    replayed = again("past.png", "-o", "b.png")
    assert f"torch: 1.0 then, {versions()['torch']} now" in replayed["differs"]
    assert any(phrase.startswith("device: tpu then, ") for phrase in replayed["differs"])


def test_a_picture_that_was_edited_or_cut(draw, again, sg2im):
    draw(CAR, "--seed", 3, "-o", "a.png")
    with Image.open("a.png") as image:
        record = read_record(Path("a.png"))
        image.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save("flipped.png", pnginfo=record.png_info())
        image.resize((5, 5)).save("small.png", pnginfo=record.png_info())
    data = Path("a.png").read_bytes()
    Path("cut.png").write_bytes(data[: data.index(b"IDAT") + 100])
    assert again("flipped.png", "-o", "b.png")["same_pixels"] is False
    for name in ("small.png", "cut.png"):
        assert again(name, "-o", f"from-{name}")["same_pixels"] is None
        assert pixels(f"from-{name}") == pixels("a.png")
        assert "cannot be compared" in sg2im("replay", name, "-o", f"again-{name}").err


def test_what_replay_prints_where(draw, sg2im, files):
    draw(CAR, "--seed", 3, "-o", "a.png")
    done = sg2im("replay", "a.png")
    assert done.out == "a-car-on-the-road-3.png\n"
    assert "The same pixels as a.png." in done.err
    done = sg2im("replay", "a.png", "-q")
    assert (done.out, done.err) == ("a-car-on-the-road-3-2.png\n", "")
    assert sg2im("replay", "a.png", "-q", "-o", "plain.png", "--no-metadata").code == 0
    assert sg2im("show", "plain.png").code == 2
    assert len(files()) == 4


def test_nothing_is_overwritten_unless_told(draw, sg2im):
    draw(CAR, "--seed", 3, "-o", "a.png")
    before = Path("a.png").read_bytes()
    done = sg2im("replay", "a.png", "--seed", 4, "-o", "a.png")
    assert (done.code, done.err) == (2, "sg2im: a.png exists; use --overwrite to replace it, or another name.\n")
    assert Path("a.png").read_bytes() == before
    assert sg2im("replay", "a.png", "--seed", 4, "-o", "a.png", "--overwrite").code == 0
    assert read_record(Path("a.png")).seed == 4


def test_show(draw, sg2im):
    draw(SEA, "--seed", 3, "--enforce", "-o", "a.png")
    done = sg2im("show", "a.png", "--json")
    assert json.loads(done.out) == read_record(Path("a.png")).to_json()
    done = sg2im("show", "a.png")
    assert done.err == ""
    for expected in (SEA, "seed", "3", "--enforce", versions()["torch"], "2  field", "cpu, float32", "2 field", "x 0."):
        assert expected in done.out


@pytest.mark.parametrize("command", ["show", "replay"])
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.png", "There is no file none.png"),
        ("a.jpg", "a.jpg is no PNG"),
        ("foreign.png", "foreign.png does not carry what made it"),
        ("cut.png", "cut.png ends too early"),
        ("newer.png", "update sg2im-cli"),
    ],
)
def test_what_cannot_be_shown_or_replayed_is_one_sentence(draw, sg2im, files, command, name, message):
    from sg2im_cli.provenance.png_text import png_info

    draw(CAR, "-o", "a.png")
    image = Image.new("RGB", (4, 4))
    image.save("a.jpg")
    image.save("foreign.png")
    image.save("newer.png", pnginfo=png_info(KEY, '{"format_version": 99}'))
    data = Path("a.png").read_bytes()
    Path("cut.png").write_bytes(data[: data.index(b"iTXt") + 30])
    before = files()
    done = sg2im(command, name)
    assert (done.code, done.out, done.err.count("\n"), files()) == (2, "", 1, before)
    assert done.err.startswith("sg2im: ") and message in done.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--text", ""), "The text is empty"),
        (("--text", "a unicorn"), "This model cannot draw 'unicorn'"),
        (("--weights", "nowhere"), "There are no weights 'nowhere'"),
        (("--device", "tpu"), "There is no device 'tpu'"),
        (("-o", "b.bmp"), "b.bmp must end in .png"),
        (("--seed", "-1"), "'--seed'"),
        (("--scale", "0"), "'--scale'"),
    ],
)
def test_a_users_mistake_is_one_sentence_and_code_2(draw, sg2im, files, arguments, message):
    draw(CAR, "-o", "a.png")
    done = sg2im("replay", "a.png", *arguments)
    assert (done.code, done.out, done.err.count("\n"), files()) == (2, "", 1, ["a.png"])
    assert message in done.err


@pytest.mark.parametrize("ref", ["default", "tiny"])
def test_a_models_words_stand_for_themselves_in_a_replay(tiny_bundle, ref):
    """What was said in a model's words must not be read as anything else."""
    from sg2im_parsers.grounding.graph import ground_graph
    from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject
    from sg2im_weights import resolve

    words = Vocabulary.from_json(resolve(str(tiny_bundle) if ref == "tiny" else ref).config["vocabulary"])
    names, predicates = sorted(words.object_names), words.predicate_names
    graph = SceneGraph(
        tuple(SceneObject(name=name) for name in names), tuple(Relationship(0, name, 1) for name in predicates)
    )
    assert ground_graph(graph, words) == graph
