"""Visual Genome: files of its real form, and what the paper keeps of them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sg2im_cli.config import DataConfig, GeneratorConfig
from sg2im_cli.data.dataset import load_scenes
from sg2im_cli.data.prepared.options import PrepareOptions
from sg2im_cli.data.prepared.writing import prepare
from sg2im_cli.data.readers.visual_genome import VisualGenomeOptions, visual_genome_source
from sg2im_cli.data.readers.visual_genome_aliases import read_aliases
from sg2im_cli.data.readers.visual_genome_splits import paper_splits, read_splits
from sg2im_cli.data.scenes.graphs import pick_objects
from sg2im_cli.data.scenes.scene import triples_among
from sg2im_errors import InputError

VOCAB = Path(__file__).parents[3] / "shared" / "vocab"
GENERATOR = GeneratorConfig(image_size=(32, 32), refinement_dims=(8, 8), mask_size=8)
SIZES = PrepareOptions(image_size=(32, 32), mask_size=8)
SPLITS = {"train": [1, 2, 3, 4], "val": [7], "test": [9, 10]}


def thing(picture, place, name, box=(10, 10, 100, 100)):
    x, y, w, h = box
    ident = picture * 100 + place
    return {"object_id": ident, "names": [name], "synsets": [], "merged_object_ids": [], "x": x, "y": y, "w": w, "h": h}


def relationship(picture, number, subject, predicate, target):
    ends = {
        end: {**thing(picture, place, "thing"), "name": "thing"}
        for end, place in (("subject", subject), ("object", target))
    }
    return {"relationship_id": picture * 1000 + number, "predicate": predicate, "synsets": [], **ends}


@pytest.fixture
def genome(tmp_path):
    """Ten pictures: a man on a horse beside a tree, and a bird that is too small."""
    root = tmp_path / "genome"
    images, objects, relationships, attributes = [], [], [], []
    for ident in range(1, 11):
        folder = "VG_100K" if ident % 2 else "VG_100K_2"
        (root / folder).mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(ident).integers(0, 255, (300, 400, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(root / folder / f"{ident}.jpg")
        height = 150 if ident == 4 else 300  # the fourth is too small
        url = f"https://cs.stanford.edu/people/rak248/{folder}/{ident}.jpg"
        images.append(
            {"image_id": ident, "width": 400, "height": height, "url": url, "coco_id": None, "flickr_id": None}
        )
        items = [
            thing(ident, 0, "gentleman" if ident % 2 else "man", (50, 20, 60, 200)),
            thing(ident, 1, "horse", (30, 120, 200, 150)),
            thing(ident, 2, "tree", (250, 0, 150, 280)),
            thing(ident, 3, "bird", (300, 10, 31, 40)),
            thing(ident, 4, f"rare {ident}", (0, 0, 50, 50)),
        ]
        objects.append({"image_id": ident, "objects": items, "image_url": url})
        said = [
            relationship(ident, 0, 0, "Riding " if ident < 9 else "riding", 1),
            relationship(ident, 1, 1, "next to", 2),
        ]
        said += [relationship(ident, 2, 3, "in", 2), relationship(ident, 3, 1, "ignores", 0)] * (ident == 1)
        relationships.append({"image_id": ident, "relationships": said})
        entries = [
            {**thing(ident, 1, "horse"), "attributes": ["Brown ", "large", f"no. {ident}"]},
            thing(ident, 2, "tree"),
        ]
        attributes.append({"image_id": ident, "attributes": entries})
    for name, content in (
        ("image_data", images),
        ("objects", objects),
        ("relationships", relationships),
        ("attributes", attributes),
    ):
        (root / f"{name}.json").write_text(json.dumps(content))
    (root / "object_alias.txt").write_text("man,gentleman,guy\nhorse,horses\n")
    (root / "relationship_alias.txt").write_text("beside,next to,by\n")
    (tmp_path / "splits.json").write_text(json.dumps(SPLITS))
    return root


@pytest.fixture
def options(tmp_path):
    few = {"object_count": 3, "predicate_count": 2, "attribute_count": 3}
    return lambda **changes: VisualGenomeOptions(splits=tmp_path / "splits.json", **{**few, **changes})


def change(root, name, edit):
    path = root / f"{name}.json"
    content = json.loads(path.read_text())
    edit(content)
    path.write_text(json.dumps(content))


def test_words_are_kept_by_how_often_train_has_them(genome, options):
    source = visual_genome_source(genome, options())
    assert source.things == ("man", "horse", "tree", "bird")  # of pictures 1, 2, 3; most frequent first
    assert source.predicates == ("riding", "beside")
    assert source.attributes == ("brown", "large")
    fewer = visual_genome_source(genome, options(predicate_count=1))
    assert fewer.predicates == ("riding", "beside", "ignores")  # "in" is of a bird that is too small
    assert visual_genome_source(genome, options(object_count=1)).things[4:] == ("rare 1", "rare 2", "rare 3")
    with pytest.raises(InputError, match="has no object that is named often enough"):
        visual_genome_source(genome, options(object_count=4))
    with pytest.raises(InputError, match="has no relationship that is named often enough"):
        visual_genome_source(genome, options(predicate_count=9))


def test_what_is_kept_of_a_picture(genome, options):
    source = visual_genome_source(genome, options())
    pictures = list(source.splits["train"]())
    assert [p.path.name for p in pictures] == ["1.jpg", "2.jpg", "3.jpg"] and all(p.path.exists() for p in pictures)
    first = pictures[0]
    assert [item.name for item in first.annotations] == ["man", "horse", "tree"]
    assert first.annotations[1].corners == (30, 120, 230, 270)
    assert first.relationships == ((0, "riding", 1), (1, "beside", 2))
    assert [item.attributes for item in first.annotations] == [(), ("brown", "large"), ()]
    # Outside of train predicates are taken as they are written, as by the 2018 code: "Riding " is no word of train's.
    assert not list(source.splits["val"]())
    assert [p.relationships for p in source.splits["test"]()] == [((0, "riding", 1),), ((0, "riding", 1),)]


def test_bounds(genome, options):
    assert not list(visual_genome_source(genome, options(objects=(4, 30))).splits["train"]())
    assert not list(visual_genome_source(genome, options(objects=(1, 2))).splits["train"]())
    assert not list(visual_genome_source(genome, options(relationships=(3, 30))).splits["train"]())
    assert len(list(visual_genome_source(genome, options(picture_side=100)).splits["train"]())) == 4


def test_prepared_and_read_again(genome, options, tmp_path):
    done = prepare(visual_genome_source(genome, options()), tmp_path / "out", SIZES, lambda *_: None, print)
    assert {n: s["pictures"] for n, s in done.splits.items()} == {"train": 3, "val": 0, "test": 2}
    words = done.metadata["vocabulary"]
    assert words["object_name_to_idx"] == {"__image__": 0, "man": 1, "horse": 2, "tree": 3, "bird": 4}
    assert words["pred_name_to_idx"] == {"__in_image__": 0, "riding": 1, "beside": 2}
    assert words["attribute_name_to_idx"] == {"brown": 0, "large": 1}
    data = load_scenes(tmp_path / "out", "train", DataConfig(min_area=0.0), GENERATOR)
    assert data.vocabulary.predicate_names == ("riding", "beside")
    for index in range(3):
        example = data.example(index, epoch=index)
        names = [data.vocabulary.objects[i] for i in example.objs]
        said = {(names[s], data.vocabulary.predicates[p], names[o]) for s, p, o in example.triples}
        assert said == {("man", "riding", "horse"), ("horse", "beside", "tree")}
        assert not example.has_mask.any()
    row = done.rows("train").image(0, [0, 1, 2])
    assert row.names == ("tree", "horse", "man") and row.attributes == ((), ("brown", "large"), ())
    assert row.relationships == ((2, "riding", 1), (1, "beside", 0))


def test_a_model_with_derived_relations_is_measured_by_them(genome, options, tmp_path, vocabulary):
    prepare(visual_genome_source(genome, options()), tmp_path / "out", SIZES, lambda *_: None, print)
    known = type(vocabulary).from_names(("man", "tree"), vocabulary.predicate_names)
    data = load_scenes(tmp_path / "out", "train", DataConfig(relations="spoken", min_objects=1), GENERATOR, known)
    assert data.scenes[0].triples is None and data.scenes[0].relations.shape == (12, 2, 2)
    assert data.unknown == {"horse": 3}
    own = type(vocabulary).from_names(("man", "horse"), ("riding",))
    data = load_scenes(tmp_path / "out", "train", DataConfig(min_objects=1), GENERATOR, own)
    assert data.scenes[0].triples.tolist() == [[1, 1, 0]]


@pytest.mark.parametrize(
    ("name", "edit", "message"),
    [
        ("objects", lambda c: c[1]["objects"][0].pop("names"), "objects.json: entry 2 of image 2 .*it lacks 'names'"),
        ("objects", lambda c: c[1]["objects"][0].update(w="wide"), "objects.json: entry 2 of image 2 cannot be used"),
        ("objects", lambda c: c[1]["objects"][0].update(names=[7]), "entry 2 of image 2 cannot be used: its names are"),
        ("relationships", lambda c: c[0]["relationships"][0].pop("subject"), "relationships.json: entry 1 of image 1"),
        ("image_data", lambda c: c[2].pop("url"), "image_data.json: entry 3 of image 3 .*it lacks 'url'"),
        ("attributes", lambda c: c.insert(0, 7), "attributes.json: entry 1 cannot be used"),
    ],
)
def test_damage_is_named(genome, options, name, edit, message):
    change(genome, name, edit)
    with pytest.raises(InputError, match=message):
        visual_genome_source(genome, options())


def test_files_that_are_missing(genome, options, tmp_path):
    (genome / "attributes.json").unlink()
    assert visual_genome_source(genome, options()).attributes == ()
    (genome / "relationship_alias.txt").unlink()
    with pytest.raises(InputError, match="There is no file .*relationship_alias.txt"):
        visual_genome_source(genome, options())
    with pytest.raises(InputError, match="There is no directory"):
        visual_genome_source(tmp_path / "none", options())


def test_the_papers_splits():
    splits = paper_splits()
    assert {name: len(ids) for name, ids in splits.items()} == {"train": 86463, "val": 10807, "test": 10807}
    assert len({i for ids in splits.values() for i in ids}) == 108077
    assert splits["train"][:3] == (1, 2, 3) and splits["val"][0] == 9 and splits["test"][0] == 10


@pytest.mark.skipif(not VOCAB.is_dir(), reason="needs the paper's split beside the project")
def test_the_papers_splits_are_its_file():
    assert paper_splits() == read_splits(VOCAB / "visual_genome_splits.json")


@pytest.mark.parametrize("content", ["[]", "{}", '{"train": [1.5]}', '{"train": [1], "val": [1]}', "{"])
def test_splits_that_cannot_be_used(tmp_path, content):
    (tmp_path / "splits.json").write_text(content)
    with pytest.raises(InputError, match="splits.json"):
        read_splits(tmp_path / "splits.json")


def test_aliases(tmp_path):
    (tmp_path / "alias.txt").write_text("man, gentleman ,guy\n\n")
    assert {**read_aliases(tmp_path / "alias.txt"), "": ""} == {"man": "man", "gentleman": "man", "guy": "man", "": ""}


@pytest.mark.parametrize("related", [0, 2, 9, 10, 25])
def test_the_papers_choice_of_objects(related):
    """More than nine in relationships are thinned to ten; fewer are filled up to nine with others."""
    chain = np.array([[i, 1, i + 1] for i in range(related - 1)], dtype=np.int64).reshape(-1, 3)
    for seed in range(20):
        picked = pick_objects(chain, 30, 10, np.random.default_rng(seed))
        assert len(picked) == len(set(picked.tolist())) == (10 if related > 9 else 9)
        assert (np.diff(picked) > 0).all()
        inside = set(picked.tolist()) & set(range(related))
        assert len(inside) == min(related, 10)
        kept = triples_among(chain, picked)
        said = {(int(picked[s]), int(picked[o])) for s, _, o in kept}
        assert said == {(i, i + 1) for i in range(related - 1) if i in picked and i + 1 in picked}


def test_a_scene_of_one_object_keeps_it():
    none = np.zeros((0, 3), dtype=np.int64)
    assert pick_objects(none, 1, 1, np.random.default_rng(0)).tolist() == [0]


def test_an_object_outside_of_its_picture(genome, tmp_path):
    """It counts where pictures are chosen, as in the paper, and then is left out with its relationships."""
    options = VisualGenomeOptions(splits=genome / "splits.json", object_count=1, predicate_count=1, attribute_count=1)
    (genome / "splits.json").write_text(json.dumps(SPLITS))
    before = {split: list(images()) for split, images in visual_genome_source(genome, options).splits.items()}
    path = genome / "objects.json"
    content = json.loads(path.read_text())
    content[0]["objects"][1].update(x=450)  # the horse of a picture that is 400 wide
    path.write_text(json.dumps(content))
    source = visual_genome_source(genome, options)
    after = {split: list(images()) for split, images in source.splits.items()}
    assert {s: [i.path for i in images] for s, images in after.items()} == {
        s: [i.path for i in images] for s, images in before.items()
    }
    assert [note.count for note in source.notes.kinds.values()] == [1]
    first, whole = after["train"][0], before["train"][0]
    gone = next(place for place, item in enumerate(whole.annotations) if item.name == "horse")
    assert [item.name for item in first.annotations] == [i.name for i in whole.annotations if i.name != "horse"]
    said = [
        (whole.annotations[s].name, p, whole.annotations[o].name)
        for s, p, o in whole.relationships
        if gone not in (s, o)
    ]
    assert [(first.annotations[s].name, p, first.annotations[o].name) for s, p, o in first.relationships] == said
    assert after["train"][1:] == before["train"][1:]


@pytest.mark.parametrize("side", [2**63, 1e15, -(2**70), 10**400])
def test_pictures_of_no_picture_s_size(genome, options, side):
    change(genome, "image_data", lambda content: content[0].update(width=side))
    if side < 0:
        assert len(list(visual_genome_source(genome, options(object_count=1)).splits["train"]())) == 2
        return
    with pytest.raises(InputError, match=r"image_data\.json: entry 1 of image 1 cannot be used: its picture would be"):
        visual_genome_source(genome, options())
