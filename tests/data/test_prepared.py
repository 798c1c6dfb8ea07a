"""Prepared data: the same scenes as without preparation, whole shards or none, and what `datasets` makes of it."""

from __future__ import annotations

import json
import pickle
import shutil
import subprocess
import sys
import warnings
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from sg2im_cli.config import DataConfig, GeneratorConfig
from sg2im_cli.data.arrays import prepare_image
from sg2im_cli.data.checks import check_data
from sg2im_cli.data.choosing import EVERYTHING
from sg2im_cli.data.dataset import load_scenes
from sg2im_cli.data.prepared import shards
from sg2im_cli.data.prepared.options import PrepareOptions
from sg2im_cli.data.prepared.reading import open_prepared
from sg2im_cli.data.prepared.writing import find_finished, prepare
from sg2im_cli.data.readers import damage
from sg2im_cli.data.readers.coco_source import CocoOptions, coco_source
from sg2im_errors import InputError

GENERATOR = GeneratorConfig(image_size=(32, 32), refinement_dims=(8, 8), mask_size=8)
OPTIONS = PrepareOptions(image_size=(32, 32), mask_size=8)


def make(source, out, options=OPTIONS, **coco):
    return prepare(coco_source(source, CocoOptions(keep=options.keep, **coco)), out, options, lambda *_: None, print)


@pytest.fixture(scope="module")
def ready(tiny_data, tmp_path_factory):
    return make(tiny_data, tmp_path_factory.mktemp("prepared") / "tiny").path


@pytest.mark.parametrize(
    "config",
    [
        DataConfig(),
        DataConfig(relations="spoken", min_objects=1, crowded="largest", max_objects=3, flip=True, object_dropout=0.5),
        DataConfig(relations="spoken", min_objects=1, min_area=0.0, unmasked_share=0.5, attributes="derived"),
    ],
)
@pytest.mark.parametrize("split", ["train", "val"])
def test_prepared_scenes_are_those_of_the_files(tiny_data, ready, config, split):
    raw, mapped = (load_scenes(data, split, config, GENERATOR) for data in (tiny_data, ready))
    assert mapped.vocabulary == raw.vocabulary and len(mapped) == len(raw)
    for one, other in zip(raw.scenes, mapped.scenes, strict=True):
        for name in ("objs", "boxes", "masks", "has_mask", "relations", "image", "attributes"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
        assert one.boxes.dtype == other.boxes.dtype and one.masks.dtype == other.masks.dtype
        assert one.image.strides == other.image.strides  # layout in memory decides in which order floats are summed
    one, other = (next(data.batches(4, start=3, seed=5)) for data in (raw, mapped))
    for name in ("objs", "triples", "boxes", "masks", "has_mask", "images", "obj_to_img"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_pixels_stay_in_the_file(ready):
    scenes = load_scenes(ready, "train", DataConfig(), GENERATOR).scenes
    image = scenes[0].image
    assert not image.flags.owndata and not image.flags.writeable
    assert scenes[0] is scenes[0]
    again = pickle.loads(pickle.dumps(scenes))  # as a worker process gets it
    np.testing.assert_array_equal(again[3].image, scenes[3].image)
    assert len(pickle.dumps(scenes)) < image.nbytes * len(scenes)


def test_without_pictures_no_pixels(ready):
    assert load_scenes(ready, "train", DataConfig(), GENERATOR, with_images=False).scenes[0].image is None


def test_other_sizes_are_refused(ready):
    larger = GeneratorConfig(image_size=(64, 64), refinement_dims=(8, 8), mask_size=8)
    with pytest.raises(InputError, match="prepared for pictures of 32 x 32 pixels and masks of 8, and 64 x 64 and 8"):
        load_scenes(ready, "train", DataConfig(), larger)
    with pytest.raises(InputError, match="has no split night; it has train, val"):
        load_scenes(ready, "night", DataConfig(), GENERATOR)


def test_datasets_reads_it(ready):
    datasets = pytest.importorskip("datasets")
    whole = datasets.load_from_disk(str(ready))
    assert {name: len(split) for name, split in whole.items()} == {"train": 12, "val": 5}
    row = whole["train"][0]
    raw = load_scenes(ready, "train", DataConfig(), GENERATOR).scenes[0]
    np.testing.assert_array_equal(np.asarray(row["image"]), raw.image.transpose(1, 2, 0))
    assert row["predicates"] is None and len(row["names"]) == 6


def black(source, out):
    """The same data with black pictures, so that most values end in zeros."""
    root = shutil.copytree(source, out)
    for path in root.glob("images/*/*.jpg"):
        with Image.open(path) as image:
            Image.new("RGB", image.size).save(path)
    return root


@pytest.mark.parametrize("form", [None, "numpy", "torch"])
@pytest.mark.parametrize("stream", [False, True])
def test_datasets_loses_nothing_in_any_format(tiny_data, tmp_path, form, stream):
    """Masks, pictures and marks that end in zeros come whole, as the card says they are read."""
    datasets = pytest.importorskip("datasets")
    ready = make(black(tiny_data, tmp_path / "black"), tmp_path / "ready").path
    rows = open_prepared(ready).rows("train")
    whole = datasets.load_from_disk(str(ready))["train"]
    for index, row in enumerate((whole.to_iterable_dataset() if stream else whole).with_format(form)):
        image = np.asarray(row["image"])
        image = image.transpose(1, 2, 0) if form == "torch" else image
        assert image.shape == (32, 32, 3) and not image.any()
        bits = np.unpackbits(np.asarray(row["masks"]).astype(np.uint8), count=len(row["names"]) * 64)
        made = rows.image(index, list(range(len(row["names"]))))
        np.testing.assert_array_equal(bits.reshape(-1, 8, 8), made.masks)
        np.testing.assert_array_equal(np.asarray(row["boxes"], np.float32), made.boxes)
        np.testing.assert_array_equal(np.asarray(row["has_mask"]), made.has_mask)
        assert np.asarray(row["machine"]).shape == (len(row["names"]), 2)
        assert len(row["areas"]) == len(row["names"])


def test_the_cards_own_words_read_it(ready, monkeypatch):
    pytest.importorskip("datasets")
    card = (ready / "README.md").read_text()
    code = card.split("```python")[1].split("```")[0].replace("this directory", str(ready))
    told: dict[str, object] = {}
    exec(code, told)
    made = open_prepared(ready).rows("train").image(0, list(range(6)))
    np.testing.assert_array_equal(told["masks"], made.masks)
    assert told["row"]["image"].shape == (32, 32, 3)


def as_version_2(ready, out):
    """As version 2 wrote it: all arrays binary, the picture without a header."""
    root = shutil.copytree(ready, out)
    kinds = {"boxes": "<f4", "areas": "<f8", "masks": "u1", "has_mask": "u1", "machine": "u1"}
    for path in root.glob("*/*.arrow"):
        with pa.ipc.open_stream(path.read_bytes()) as reader:
            table = reader.read_all()
        rows = table.to_pylist()
        for row in rows:
            row["image"] = row["image"]["bytes"][-3 * 32 * 32 :]
            row |= {name: np.array(row[name], kind).tobytes() for name, kind in kinds.items()}
        schema = pa.schema([(f.name, pa.binary() if f.name in (*kinds, "image") else f.type) for f in table.schema])
        with pa.ipc.new_stream(path, schema) as writer:
            writer.write_table(pa.Table.from_pylist(rows, schema), max_chunksize=5)
    said = json.loads((root / "sg2im.json").read_text())
    (root / "sg2im.json").write_text(json.dumps({**said, "version": 2}))
    return root


def test_data_of_version_2_is_read_as_before(ready, tmp_path):
    old = as_version_2(ready, tmp_path / "old")
    for split, said in open_prepared(ready).splits.items():
        assert open_prepared(old).rows(split).hash() == said["hash"]
    one, other = (load_scenes(data, "train", DataConfig(), GENERATOR).scenes for data in (ready, old))
    for a, b in zip(one, other, strict=True):
        for name in ("objs", "boxes", "masks", "has_mask", "image"):
            np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    assert not check_data(old, lambda *_: None, least=1).wrong


def test_datasets_streams_it_by_its_card(ready, monkeypatch, tmp_path):
    datasets = pytest.importorskip("datasets")
    stream = datasets.load_dataset(str(ready), split="val", streaming=True, cache_dir=str(tmp_path))
    assert [row["width"] for row in stream] == [40] * 5


def test_only_pyarrow_is_needed_to_read(ready):
    script = (
        "import sys\n"
        "for name in ('datasets', 'pycocotools', 'pandas', 'huggingface_hub'): sys.modules[name] = None\n"
        "from pathlib import Path\n"
        "from sg2im_cli.config import *\n"
        "from sg2im_cli.data.dataset import load_scenes\n"
        "generator = GeneratorConfig(image_size=(32, 32), refinement_dims=(8, 8), mask_size=8)\n"
        f"data = load_scenes(Path({str(ready)!r}), 'train', DataConfig(), generator)\n"
        "print(next(data.batches(4)).images.shape)\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout == "torch.Size([4, 3, 32, 32])\n", done.stderr


class Killed(BaseException):
    pass


def test_a_call_that_was_broken_off_goes_on(tiny_data, ready, tmp_path, monkeypatch):
    """Finished shards stay as they are, half ones are never seen, and the whole is what it would have been."""
    monkeypatch.setattr(shards, "SHARD", 5)
    monkeypatch.setattr(shards, "ROWS", 2)
    out = tmp_path / "out"
    read = []
    load = damage.load_image

    def breaks_off(path, size, stated):
        read.append(path.name)
        if len(read) == 9:
            raise Killed
        return load(path, size, stated)

    monkeypatch.setattr(damage, "load_image", breaks_off)
    with pytest.raises(Killed):
        make(tiny_data, out)
    assert sorted(p.name for p in out.rglob("*") if p.is_file()) == ["data-00000.arrow", "preparing.json"]
    first = (out / "train" / "data-00000.arrow").stat().st_mtime_ns
    with pytest.raises(InputError, match="is not prepared to the end; the same sg2im data prepare"):
        load_scenes(out, "train", DataConfig(), GENERATOR)
    (out / "train" / "data-00001.arrow.1234.part").write_bytes(b"of a call that was killed")
    done = make(tiny_data, out)
    assert not list(out.rglob("*.part"))
    assert (out / "train" / "data-00000.arrow").stat().st_mtime_ns == first
    assert "train_001.jpg" not in read[9:] and len(read) == 9 + 7 + 5
    assert [len(s["shards"]) for s in done.splits.values()] == [3, 1]
    hashes = [{n: s["hash"] for n, s in open_prepared(p).splits.items()} for p in (out, ready)]
    assert hashes[0] == hashes[1]
    assert not (out / "preparing.json").exists()


def test_other_data_or_options_are_refused(tiny_data, ready, tmp_path):
    out = shutil.copytree(ready, tmp_path / "out")
    source = coco_source(tiny_data, CocoOptions(keep=EVERYTHING))
    assert find_finished(source, out, OPTIONS).splits.keys() == {"train", "val"}
    with pytest.raises(InputError, match=r"with other options \(image size\); name another --out"):
        find_finished(source, out, PrepareOptions(image_size=(16, 16), mask_size=8))
    other = shutil.copytree(tiny_data, tmp_path / "scenes")
    path = other / "annotations" / "stuff_val.json"
    path.write_text(path.read_text() + " ")
    with pytest.raises(InputError, match=r"from other data .*\(files\)"):
        find_finished(coco_source(other, CocoOptions(keep=EVERYTHING)), out, OPTIONS)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match="holds something else"):
        make(tiny_data, tmp_path / "mine")


def test_a_picture_that_cannot_be_read(tiny_data, tmp_path, capsys):
    root = shutil.copytree(tiny_data, tmp_path / "scenes")
    (root / "images" / "train" / "train_004.jpg").write_bytes(b"no picture")
    with pytest.raises(InputError, match="train_004.jpg cannot be read"):
        make(root, tmp_path / "one")
    left = make(root, tmp_path / "two", PrepareOptions(image_size=(32, 32), mask_size=8, skip_unreadable=True))
    assert left.splits["train"]["pictures"] == 11
    assert "train_004.jpg cannot be read" in capsys.readouterr().out


def test_the_papers_coco(tiny_data, tmp_path):
    """Pictures without stuff are left out, and val is divided after the choice."""
    root = shutil.copytree(tiny_data, tmp_path / "scenes")
    path = root / "annotations" / "stuff_val.json"
    stuff = json.loads(path.read_text())
    stuff["annotations"] = [a for a in stuff["annotations"] if a["image_id"] != 2]
    path.write_text(json.dumps(stuff))
    options = PrepareOptions(image_size=(32, 32), mask_size=8, keep=DataConfig())
    done = make(root, tmp_path / "out", options, stuff_only=True, divide_val=3)
    assert {n: s["pictures"] for n, s in done.splits.items()} == {"train": 12, "val": 3, "test": 1}
    files = [[done.rows(s).cell(i, "file") for i in range(len(done.rows(s)))] for s in ("val", "test")]
    assert files == [["val/val_001.jpg", "val/val_003.jpg", "val/val_004.jpg"], ["val/val_005.jpg"]]


def test_things_only(tiny_data, tmp_path):
    done = make(tiny_data, tmp_path / "out", things_only=True)
    assert done.stuff == () and "person" in done.things
    with pytest.raises(InputError, match="stuff_train.json"):
        root = shutil.copytree(tiny_data, tmp_path / "scenes")
        (root / "annotations" / "stuff_train.json").unlink()
        make(root, tmp_path / "none", stuff_only=True)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("sg2im.json", b"{", "sg2im.json cannot be read"),
        ("sg2im.json", b"{}", "sg2im.json cannot be read .it lacks 'format'"),
        ("sg2im.json", b'{"format": "sg2im-scenes", "version": 99}', "by a later version of sg2im"),
        ("train/data-00000.arrow", None, "data-00000.arrow cannot be read as prepared data"),
        ("train/data-00000.arrow", b"", "data-00000.arrow cannot be read as prepared data"),
        ("train/data-00000.arrow", b"no arrow", "data-00000.arrow cannot be read as prepared data"),
    ],
)
def test_damage_is_named(ready, tmp_path, name, content, message):
    out = shutil.copytree(ready, tmp_path / "out")
    path = out / name
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        load_scenes(out, "train", DataConfig(), GENERATOR)


def test_a_shard_cut_short(ready, tmp_path):
    out = shutil.copytree(ready, tmp_path / "out")
    path = out / "train" / "data-00000.arrow"
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(InputError, match="cannot be read as prepared data"):
        load_scenes(out, "train", DataConfig(), GENERATOR)


@pytest.mark.parametrize("name", ["/etc/passwd", "../other", "..", "a/b", "a\\b", "", "x\udfff"])
def test_a_splits_name_stays_in_the_folder_that_is_written(tiny_data, tmp_path, name):
    source = coco_source(tiny_data, CocoOptions(keep=EVERYTHING))
    odd = replace(source, splits={name: source.splits["val"]}, counts={name: source.counts["val"]})
    with pytest.raises(InputError, match="A split cannot be called so"):
        prepare(odd, tmp_path / "out", OPTIONS, lambda *_: None, print)
    assert not any(tmp_path.iterdir())


def test_corners_beyond_float32_are_the_edge_of_the_picture(tiny_data):
    (image, *_) = coco_source(tiny_data, CocoOptions(keep=EVERYTHING)).splits["val"]()
    far = replace(image.annotations[0], corners=(0.0, 0.0, 1e300, 1e300), segmentation=None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = prepare_image(replace(image, annotations=(far,), relationships=None), [0], 8)
    assert made.boxes.tolist() == [[0, 0, 1, 1]]


@pytest.mark.parametrize("name", ["/etc/passwd", "../other.arrow", "..", "a/b.arrow", "", 3])
def test_a_shards_name_stays_in_its_folder(ready, tmp_path, name):
    shutil.copytree(ready, tmp_path / "data")
    said = json.loads((tmp_path / "data" / "sg2im.json").read_text())
    for changed in ({"train": {"shards": [name]}}, {name: {"shards": []}} if isinstance(name, str) else {}):
        (tmp_path / "data" / "sg2im.json").write_text(json.dumps({**said, "splits": {**said["splits"], **changed}}))
        if changed:
            with pytest.raises(InputError, match="is no name of a file in its folder"):
                open_prepared(tmp_path / "data")
