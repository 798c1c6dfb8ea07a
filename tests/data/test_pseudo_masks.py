"""Masks from boxes: found where an object stands out, left unknown where it does not."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from sg2im_cli.data.images import PreparedImage
from sg2im_cli.data.prepared.pseudo_masks import guess_masks, segment_box

BOX = (40, 30, 90, 100)


def noisy(picture, seed=0):
    rng = np.random.default_rng(seed)
    pixels = np.asarray(picture.filter(ImageFilter.GaussianBlur(1))).astype(np.int16)
    return (pixels + rng.integers(-12, 13, pixels.shape)).clip(0, 255).astype(np.uint8)


@pytest.fixture
def ellipse():
    picture = Image.new("RGB", (128, 128), (40, 120, 50))
    ImageDraw.Draw(picture).ellipse(BOX, fill=(200, 40, 40))
    shape = Image.new("1", (128, 128))
    ImageDraw.Draw(shape).ellipse(BOX, fill=1)
    return noisy(picture), np.asarray(shape)


def test_an_object_that_stands_out_is_found(ellipse):
    pixels, shape = ellipse
    found = segment_box(pixels, BOX)
    assert (found & shape).sum() / (found | shape).sum() > 0.9
    assert not found[:, :40].any() and not found[101:].any()


def test_the_same_pixels_give_the_same_mask(ellipse):
    assert np.array_equal(segment_box(ellipse[0], BOX), segment_box(ellipse[0], BOX))


def test_where_there_is_nothing_to_see_the_mask_stays_unknown():
    assert segment_box(noisy(Image.new("RGB", (128, 128), (90, 90, 90))), BOX) is None


@pytest.mark.parametrize("box", [(0, 0, 128, 128), (10, 10, 13, 60), (-5, -5, 0, 0), (130, 10, 160, 60)])
def test_boxes_without_surroundings_or_size_have_none(ellipse, box):
    assert segment_box(ellipse[0], box) is None


def test_objects_without_a_mask_get_one_where_it_is_believed(ellipse, tmp_path):
    Image.fromarray(ellipse[0]).resize((512, 512)).save(tmp_path / "a.png")  # larger than it is looked at
    box = np.array(BOX) / 128
    item = PreparedImage(
        path=tmp_path / "a.png",
        names=("ball", "grass", "ball"),
        boxes=np.array([box, (0, 0, 1, 1), box], dtype=np.float32),
        masks=np.ones((3, 16, 16), dtype=np.uint8),
        has_mask=np.array([False, False, True]),
        attributes=((), (), ()),
    )
    found = guess_masks(item)
    assert found.has_mask.tolist() == [True, False, True]
    assert found.masks[0, [0, 0, -1, -1], [0, -1, 0, -1]].tolist() == [0, 0, 0, 0]  # an ellipse has no corners
    assert found.masks[0, 4:12, 4:12].all()
    assert np.array_equal(found.masks[1:], item.masks[1:])
    assert found.machine.tolist() == [[False, True], [False, False], [False, False]]
