"""Picture files are read as a person sees them."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image, ImageOps

from sg2im_cli.config import DataConfig, GeneratorConfig
from sg2im_cli.data.checks import check_data
from sg2im_cli.data.choosing import EVERYTHING
from sg2im_cli.data.dataset import load_scenes
from sg2im_cli.data.pixels import image_size, load_image, open_image
from sg2im_cli.data.prepared.options import PrepareOptions
from sg2im_cli.data.prepared.writing import prepare
from sg2im_cli.data.readers.coco_source import CocoOptions, coco_source
from sg2im_cli.data.readers.notes import Notes, Severity
from sg2im_errors import InputError

WIDTH, HEIGHT = 48, 32
SIZES = PrepareOptions(image_size=(32, 32), mask_size=8)
ORIENTATION = 0x0112


def upright():
    """A picture no turn of which looks alike, in blocks that JPEG keeps."""
    picture = np.zeros((HEIGHT, WIDTH, 3), dtype=np.uint8)
    picture[:16, :16], picture[:16, 16:], picture[16:, 32:] = (250, 20, 20), (20, 200, 20), (20, 20, 250)
    return Image.fromarray(picture)


TURNED_BACK = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How a camera stores an upright picture under each orientation."""


def photograph(path, orientation):
    turn = TURNED_BACK[orientation]
    picture = upright() if turn is None else upright().transpose(turn)
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    picture.save(path, exif=exif)
    return path


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_stands_upright(tmp_path, orientation):
    path = photograph(tmp_path / "photo.png", orientation)
    assert image_size(path) == image_size(path, (WIDTH, HEIGHT)) == (WIDTH, HEIGHT)
    for stated in (None, (WIDTH, HEIGHT), (3 * WIDTH, 3 * HEIGHT)):
        np.testing.assert_array_equal(np.asarray(open_image(path, stated)), np.asarray(upright()))
    with Image.open(path) as image:  # Pillow's own reading of the standard
        np.testing.assert_array_equal(np.asarray(open_image(path)), np.asarray(ImageOps.exif_transpose(image)))


@pytest.mark.parametrize("orientation", range(5, 9))
def test_boxes_of_a_picture_as_it_is_stored(tmp_path, orientation):
    """Where annotations state the size before turning, their boxes are of the picture as it is stored."""
    path = photograph(tmp_path / "photo.png", orientation)
    lying = np.asarray(open_image(path, (HEIGHT, WIDTH)))
    np.testing.assert_array_equal(lying, np.asarray(upright().transpose(TURNED_BACK[orientation])))
    assert image_size(path, (HEIGHT, WIDTH)) == (HEIGHT, WIDTH)


def coco(root, width, height):
    """One picture that is there already, with one object."""
    (root / "annotations").mkdir()
    content = {
        "images": [{"id": 1, "file_name": "photo.jpg", "width": width, "height": height}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, width / 2, height / 2]}],
        "categories": [{"id": 1, "name": "car"}],
    }
    (root / "annotations" / "instances_train.json").write_text(json.dumps(content))


def wrong(root):
    found = check_data(root, lambda *_: None, least=1).found.values()
    return {item.what: item.wrong for item in found if "their annotations state" in item.what}


def test_a_photograph_on_every_way_to_a_model(tmp_path):
    """Prepared, trained on as it is, and checked: upright under upright boxes."""
    folder = tmp_path / "images" / "train"
    folder.mkdir(parents=True)
    photograph(folder / "photo.jpg", 6)
    coco(tmp_path, WIDTH, HEIGHT)
    small = np.asarray(upright().resize((32, 32), Image.Resampling.BILINEAR)).transpose(2, 0, 1).astype(int)
    source = coco_source(tmp_path, CocoOptions(keep=EVERYTHING))
    ready = prepare(source, tmp_path / "ready", SIZES, lambda *_: None, print)
    config = DataConfig(min_objects=1, min_area=0.0, relations="spoken")
    generator = GeneratorConfig(image_size=(32, 32), refinement_dims=(8, 8), mask_size=8)
    for data in (tmp_path, ready.path):
        seen = load_scenes(data, "train", config, generator).scenes[0].image.astype(int)
        assert np.abs(seen - small).mean() < 6
    assert wrong(tmp_path) == {}


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        ((WIDTH, HEIGHT), {}),
        ((WIDTH * 2, HEIGHT * 2), {"pictures of another size than their annotations state, in the same shape": False}),
        ((WIDTH, WIDTH), {"pictures of another shape than their annotations state": True}),
    ],
)
def test_check_compares_stated_and_real_size(tmp_path, stated, found):
    folder = tmp_path / "images" / "train"
    folder.mkdir(parents=True)
    upright().save(folder / "photo.jpg")
    coco(tmp_path, *stated)
    assert wrong(tmp_path) == found
    notes = Notes()
    prepare(coco_source(tmp_path, CocoOptions(keep=EVERYTHING), notes), tmp_path / "out", SIZES, lambda *_: None, print)
    assert any(found.values()) == bool(notes.kinds)
    if notes.kinds:
        strict = coco_source(tmp_path, CocoOptions(keep=EVERYTHING), Notes(Severity.NONE))
        with pytest.raises(InputError, match="photo.jpg is 48x32, and its annotations are of a picture of 48x48"):
            prepare(strict, tmp_path / "strict", SIZES, lambda *_: None, print)


def seen(tmp_path, image, name="a.png", **options):
    image.save(tmp_path / name, **options)
    picture = open_image(tmp_path / name)
    assert picture.mode == "RGB"
    return np.asarray(picture)


def ramp(top, kind):
    return np.linspace(0, top, 16).astype(kind).reshape(4, 4)


GREY = np.rint(np.linspace(0, 255, 16)).astype(int).reshape(4, 4)


@pytest.mark.parametrize(
    ("image", "name"),
    [
        (Image.fromarray(ramp(65535, np.uint16)), "a.png"),
        (Image.fromarray(ramp(65535, np.uint16)), "a.tif"),
        (Image.fromarray(ramp(65535, np.int32)), "a.tif"),
        (Image.fromarray(ramp(255, np.int32)), "a.tif"),
        (Image.fromarray(ramp(1, np.float32)), "a.tif"),
        (Image.fromarray(ramp(255, np.float32)), "a.tif"),
        (Image.fromarray(ramp(255, np.uint8)), "a.png"),
    ],
)
def test_grey_of_any_depth_goes_from_black_to_white(tmp_path, image, name):
    found = seen(tmp_path, image, name).astype(int)
    assert np.abs(found - GREY[..., None]).max() <= 1


def test_dark_grey_of_sixteen_bits_is_dark(tmp_path):
    assert seen(tmp_path, Image.fromarray(np.full((2, 2), 6553, np.uint16))).tolist() == [[[25] * 3] * 2] * 2


@pytest.mark.parametrize("alpha", [0, 64, 255])
def test_what_is_transparent_shows_a_white_page(tmp_path, alpha):
    """Over white, by the definition of "over": color alpha + white (1 - alpha)."""
    expected = [round(value * alpha / 255 + 255 * (1 - alpha / 255)) for value in (200, 100, 0)]
    found = seen(tmp_path, Image.new("RGBA", (3, 3), (200, 100, 0, alpha)))
    assert np.abs(found.astype(int) - expected).max() <= 1
    grey = seen(tmp_path, Image.new("LA", (3, 3), (200, alpha)))
    assert np.abs(grey.astype(int) - expected[0]).max() <= 1


@pytest.mark.parametrize("transparency", [1, bytes([255, 0, 255])])
def test_palettes(tmp_path, transparency):
    image = Image.new("P", (3, 1))
    image.putpalette([10, 20, 30, 0, 0, 0, 200, 0, 0])
    image.putdata([0, 1, 2])
    assert seen(tmp_path, image).tolist() == [[[10, 20, 30], [0, 0, 0], [200, 0, 0]]]
    found = seen(tmp_path, image, "b.png", transparency=transparency)
    assert found.tolist() == [[[10, 20, 30], [255, 255, 255], [200, 0, 0]]]


def test_a_colour_that_stands_for_nothing(tmp_path):
    image = Image.fromarray(np.array([[[1, 2, 3], [200, 0, 0]]], np.uint8))
    found = seen(tmp_path, image, transparency=(1, 2, 3))
    assert found.tolist() == [[[255, 255, 255], [200, 0, 0]]]


def test_one_bit(tmp_path):
    image = Image.fromarray(np.array([[True, False]]))
    assert image.mode == "1" and seen(tmp_path, image).tolist() == [[[255] * 3, [0] * 3]]


@pytest.mark.parametrize("name", ["a.jpg", "a.tif"])
def test_ink(tmp_path, name):
    """No ink is white, all black ink is black, and cyan and yellow make green."""
    image = Image.new("CMYK", (24, 8))
    image.paste((0, 0, 0, 255), (8, 0, 16, 8))
    image.paste((255, 0, 255, 0), (16, 0, 24, 8))
    found = seen(tmp_path, image, name)
    assert found[4, 4].min() > 240 and found[4, 12].max() < 15
    assert found[4, 20, 1] > 150 and found[4, 20, [0, 2]].max() < 100


def test_a_damaged_profile_or_exif_is_passed_over(tmp_path):
    found = seen(tmp_path, Image.new("CMYK", (8, 8)), "a.jpg", icc_profile=b"no profile")
    assert found.min() > 240
    found = seen(tmp_path, Image.new("RGB", (8, 8), "white"), "b.jpg", exif=b"Exif\x00\x00nothing")
    assert found.min() > 240
    assert load_image(tmp_path / "b.jpg", (4, 4)).shape == (3, 4, 4)
