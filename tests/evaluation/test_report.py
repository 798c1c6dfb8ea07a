"""Reports: what they rest on, two of them against each other, and what is written."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from sg2im_cli.config import DataConfig
from sg2im_cli.data.choosing import choose_by_area, why_left_out
from sg2im_cli.data.dataset import SceneDataset, load_scenes
from sg2im_cli.evaluation.comparison import compare
from sg2im_cli.evaluation.figures import Figure, Resamples, Section
from sg2im_cli.evaluation.report import SECTIONS, Report, Split, evaluate, hash_split, load_split, restrict
from sg2im_cli.evaluation.rows import with_interval
from sg2im_cli.evaluation.sheet import comparison_page, report_page, sheet, to_html, to_markdown
from sg2im_cli.evaluation.subject import Subject
from sg2im_cli.model.generator import Generator
from sg2im_errors import InputError
from sg2im_parsers.vocabulary import Vocabulary

ALL = ("layout", "objects", "diversity")


@pytest.fixture(scope="module")
def split(small_checkpoint, tiny_data):
    return load_split(small_checkpoint, tiny_data, "val")


@pytest.fixture(scope="module")
def subject(small_checkpoint, split, color_judge):
    return lambda seed=0: Subject(
        small_checkpoint.generator, split.scenes, Resamples(5, seed), seed, judge=color_judge, samples=2
    )


@pytest.fixture(scope="module")
def report(subject, split):
    return evaluate(subject(), "tiny", split, ALL, "f" * 64)


def test_a_report_is_plain_json_with_all_it_rests_on(report):
    data = json.loads(json.dumps(report.to_json(), allow_nan=False))
    assert (data["weights"], data["checksum"], data["data"], data["split"]) == ("tiny", "f" * 64, "scenes", "val")
    assert (data["pictures"], data["objects"], data["seed"]) == (5, 25, 0)
    assert list(data["sections"]) == list(ALL)
    for section in data["sections"].values():
        for figure in section["figures"]:
            assert figure["count"] > 0 and np.isfinite(figure["value"])
            if figure["interval"]:
                low, high = figure["interval"]
                assert low - 1e-9 <= figure["value"] <= high + 1e-9


@pytest.mark.parametrize(
    ("areas", "why"),
    [
        ([30] * 9, "many"),
        ([30] * 2, "few"),
        ([], "few"),
        ([30, 30, 1], "small"),
        ([30] * 9 + [1] * 5, "many"),
    ],
)
def test_why_a_picture_is_left_out(areas, why):
    config = DataConfig(min_area=0.02, min_objects=3, max_objects=8)
    sizes = np.array(areas, dtype=np.float64)
    assert choose_by_area(sizes, 1000, config) is None
    assert why_left_out(sizes, 1000, config) == why


@pytest.mark.parametrize("config", [DataConfig(), DataConfig(min_objects=5, max_objects=5), DataConfig(min_area=0.06)])
def test_every_picture_is_used_or_counted(small_checkpoint, tiny_data, config):
    known, generator = small_checkpoint.vocabulary, small_checkpoint.generator.config
    config = replace(config, relations="spoken")
    every = replace(config, min_area=0.0, min_objects=1, max_objects=99)
    whole = load_scenes(tiny_data, "train", every, generator, known)
    used = load_scenes(tiny_data, "train", config, generator, known)
    assert len(used) + sum(used.left_out.values()) == len(whole)
    assert whole.left_out == {}


def test_a_report_says_why_pictures_are_not_used(report):
    told = report_page(replace(report, left_out={"few": 3, "small": 1200})).about
    assert (
        "5 of 1,208 pictures are used; left out: 3 with too few objects, 1,200 with objects that are too small. "
        "--all-pictures measures those with few or many, too." in told
    )
    assert "--all-pictures" not in str(report_page(replace(report, left_out={"unknown": 3})).about)
    assert "are used" not in str(report_page(replace(report, left_out={})).about)


def test_sections_come_in_their_order(subject, split):
    report = evaluate(subject(), "tiny", split, ("diversity", "layout"))
    assert [section.name for section in report.sections] == [n for n in SECTIONS if n in ("layout", "diversity")]


def test_a_hash_is_of_names_and_boxes(split):
    scenes = split.scenes
    moved = list(scenes.scenes)
    moved[2] = replace(moved[2], boxes=moved[2].boxes + np.float32(0.01))
    named = list(scenes.scenes)
    named[2] = replace(named[2], objs=named[2].objs[::-1])

    def hashed(items):
        return hash_split(SceneDataset(items, scenes.vocabulary, scenes.config))

    assert hashed(scenes.scenes) == hash_split(scenes)
    assert len({hashed(s) for s in (scenes.scenes, moved, named, scenes.scenes[:4])}) == 4


def test_a_hash_does_not_depend_on_the_order_of_a_vocabulary(tiny_data, small_checkpoint, split):
    words = small_checkpoint.vocabulary
    turned = Vocabulary.from_names(words.object_names[::-1], words.predicate_names, words.stuff)
    other = load_split(replace(small_checkpoint, vocabulary=turned), tiny_data, "val")
    assert hash_split(other.scenes) == hash_split(split.scenes)


def test_only_what_both_know(split):
    both = restrict(split, frozenset({"sky", "road"}))
    assert all(len(scene.objs) == 2 for scene in both.scenes.scenes)
    assert both.scenes.scenes[0].relations.shape == (12, 2, 2)
    assert sum(both.scenes.unknown.values()) == 15
    assert hash_split(restrict(split, frozenset(split.scenes.vocabulary.objects)).scenes) == hash_split(split.scenes)
    with pytest.raises(InputError, match="no word in common"):
        restrict(split, frozenset({"zebra"}))


def test_a_model_against_itself(report):
    comparison = compare(report, report)
    assert comparison.differences
    for difference in comparison.differences:
        assert difference.value == 0
        assert difference.interval in (None, (0.0, 0.0))
        assert difference.verdict in (None, "open")
    assert not [d for d in comparison.differences if d.a.layout == "real"]
    assert {d.a.layout for d in comparison.differences if d.section == "layout"} == {"predicted"}


def test_models_with_other_relations_are_not_compared_in_those(report):
    names = {d.a.name for d in compare(report, report, same_relations=False).differences}
    assert "box_iou" in names and "satisfied" not in names


def test_another_model_on_the_same_graphs(report, small_checkpoint, split, color_judge):
    torch_seeded = Generator(small_checkpoint.generator.config, 21, 13).eval()
    other = Subject(torch_seeded, split.scenes, Resamples(5, 0), judge=color_judge, samples=2)
    comparison = compare(report, evaluate(other, "other", split, ALL))
    iou = next(d for d in comparison.differences if d.a.name == "box_iou")
    assert iou.value == pytest.approx(iou.a.value - iou.b.value) and iou.value != 0
    assert iou.interval[0] <= iou.value <= iou.interval[1]
    data = json.loads(json.dumps(comparison.to_json(), allow_nan=False))
    assert data["a"]["weights"] == "tiny" and data["b"]["weights"] == "other"


@pytest.mark.parametrize(
    ("value", "interval", "text"),
    [
        (0.4444, (0.4251, 0.4639), "0.444 [0.425, 0.464]"),
        (0.01234, (0.01, 0.015), "0.0123 [0.0100, 0.0150]"),
        (12.345, None, "12.35"),
        (0.0, (0.0, 0.0), "0.000 [0.000, 0.000]"),
        (123.456, (120, 130), "123.5 [120.0, 130.0]"),
    ],
)
def test_numbers_have_the_digits_that_say_something(value, interval, text):
    assert with_interval(value, interval) == text


class Outline(HTMLParser):
    """Which elements open and close, and what a reader sees."""

    def __init__(self):
        super().__init__()
        self.open, self.text, self.tags = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def test_a_page_is_whole_and_needs_nothing_else(report, subject):
    page = to_html(report_page(report), sheet([("tiny", subject())]))
    outline = Outline()
    outline.feed(page)
    assert outline.open == []
    pictures = [attributes["src"] for tag, attributes in outline.tags if tag == "img"]
    assert len(pictures) == 15  # five graphs: real, given, predicted
    assert all(source.startswith("data:image/png;base64,") for source in pictures)
    assert "http" not in page.replace("http-equiv", "")
    assert {"Layout", "R@0.5", "object accuracy"} <= set(outline.text)


def test_names_cannot_break_a_page():
    section = Section("layout", "<b>", (Figure("x", "a|b <i>", "given", 1, 2, "objects"),), ("<script>",))
    page = report_page(Report("<img>", None, "d", "val", "0" * 64, 1, 2, 0, {"<u>": 1}, (section,)))
    html = to_html(page)
    assert not any(f"<{tag}>" in html for tag in ("b", "i", "script", "img", "u"))
    assert "a\\|b <i>" in to_markdown(page)


def test_markdown_says_what_the_table_does(report):
    lines = to_markdown(report_page(report)).splitlines()
    [row] = [line for line in lines if line.startswith("| R@0.5 ")]
    assert row.split("|")[2].strip() == with_interval(
        report.sections[0].figure("recall_50", "predicted").value,
        report.sections[0].figure("recall_50", "predicted").interval,
    )
    assert "25 objects" in row
    compared = to_markdown(comparison_page(compare(report, report)))
    assert "tiny against tiny" in compared and "| open |" in compared


def with_words(checkpoint, objects, predicates):
    vocabulary = Vocabulary.from_names(objects, predicates)
    generator = Generator(checkpoint.generator.config, len(vocabulary.objects), len(vocabulary.predicates)).eval()
    return type(checkpoint)(generator, vocabulary)


def test_words_that_the_weights_lack_are_counted(small_checkpoint, tiny_data):
    words = with_words(small_checkpoint, ("road", "ocean"), small_checkpoint.vocabulary.predicate_names)
    split = load_split(words, tiny_data, "val", with_images=False)
    report = evaluate(Subject(words.generator, split.scenes, Resamples(5)), "two words", split, ("layout",))
    assert report.objects == 5  # a road in each picture
    assert report.unknown["sky"] == 5 and sum(report.unknown.values()) == 20
    assert report.section("layout").figure("satisfied", "predicted") is None
    assert "sky (5)" in to_markdown(report_page(report))


def test_weights_that_know_nothing_of_the_data(small_checkpoint, tiny_data):
    words = with_words(small_checkpoint, ("ocean",), small_checkpoint.vocabulary.predicate_names)
    with pytest.raises(InputError, match="The weights know none of the objects in .*scenes, such as"):
        load_split(words, tiny_data, "val")


def test_relations_that_boxes_do_not_tell(small_checkpoint, tiny_data):
    with pytest.raises(InputError, match="relations of their own"):
        load_split(with_words(small_checkpoint, ("road",), ("holding",)), tiny_data, "val")


def test_relations_that_the_data_states(small_checkpoint, tmp_path):
    from PIL import Image

    from sg2im_cli.data.prepared.options import PrepareOptions
    from sg2im_cli.data.prepared.writing import prepare
    from sg2im_cli.data.readers.jsonl import JsonlOptions, jsonl_source

    Image.new("RGB", (100, 100), "gray").save(tmp_path / "a.png")
    boxes = {"car": [10, 10, 60, 50], "road": [0, 50, 100, 100], "sky": [60, 0, 100, 40]}
    objects = [{"name": name, "box": box} for name, box in boxes.items()]
    said = [[0, "on", 1], [2, "on", 1], [0, "chasing", 2]]
    line = {"image": "a.png", "objects": objects, "relationships": said}
    (tmp_path / "a.jsonl").write_text(json.dumps(line) + "\n")
    source = jsonl_source(tmp_path / "a.jsonl", JsonlOptions(val_share=0.0))
    generator = small_checkpoint.generator.config
    sizes = PrepareOptions(image_size=generator.image_size, mask_size=generator.mask_size)
    prepare(source, tmp_path / "made", sizes, lambda *_: None, print)

    words = with_words(small_checkpoint, tuple(boxes), ("chasing", "on"))
    split = load_split(words, tmp_path / "made", "train")
    report = evaluate(Subject(words.generator, split.scenes, Resamples(1)), "own", split, ("layout",))
    given = report.section("layout").figure("satisfied", "given")
    assert (given.value, given.count) == (0.5, 2)  # the car is on the road, the sky is not; no rule tells a chase
    assert report.section("layout").details["by_relation"].keys() == {"on"}
    with pytest.raises(InputError, match="relations of their own"):
        load_split(with_words(small_checkpoint, tuple(boxes), ("holding",)), tmp_path / "made", "train")


def test_the_papers_relations(tiny_data, small_checkpoint):
    from sg2im_cli.data.relations import PAPER_RELATIONS

    words = with_words(small_checkpoint, small_checkpoint.vocabulary.object_names, PAPER_RELATIONS)
    split = load_split(words, tiny_data, "val")
    assert isinstance(split, Split) and split.scenes.config == DataConfig(relations="paper").by_people()
    report = evaluate(Subject(words.generator, split.scenes, Resamples(5)), "paper", split, ("layout",))
    assert 0 <= report.section("layout").figure("satisfied", "predicted").value <= 1
