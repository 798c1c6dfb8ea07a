"""Masks from polygons and run lengths."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sg2im_cli.data.segmentation import compressed_length, cut_mask
from sg2im_errors import Sg2imError

HEIGHT, WIDTH = 30, 50


def plain_run_lengths(mask):
    """COCO's definition, pixel by pixel: down each column, starting with the number of zeros."""
    counts, value = [0], 0
    for pixel in mask.T.flatten().tolist():
        if pixel != value:
            counts.append(0)
            value = pixel
        counts[-1] += 1
    return {"size": list(mask.shape), "counts": counts}


def compressed(mask):
    from pycocotools import mask as coco

    return {"size": list(mask.shape), "counts": coco.encode(np.asfortranarray(mask))["counts"].decode()}


@pytest.fixture
def blob():
    return (np.random.default_rng(4).random((HEIGHT, WIDTH)) < 0.5).astype(np.uint8)


@pytest.mark.parametrize("encode", [plain_run_lengths, compressed])
def test_a_mask_of_its_boxs_size_is_cut_out_unchanged(blob, encode):
    cut = cut_mask(encode(blob), HEIGHT, WIDTH, (10, 5, 26, 21), 16)
    np.testing.assert_array_equal(cut, blob[5:21, 10:26])


def test_bytes_are_as_good_as_a_string(blob):
    segmentation = compressed(blob)
    as_bytes = {**segmentation, "counts": segmentation["counts"].encode()}
    for one, other in zip(
        *(cut_mask(s, HEIGHT, WIDTH, (0, 0, 8, 8), 8) for s in (segmentation, as_bytes)), strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_polygons_are_joined():
    left, right = [2, 4, 6, 4, 6, 20, 2, 20], [14, 4, 18, 4, 18, 20, 14, 20]
    cut = cut_mask([left, right], HEIGHT, WIDTH, (2, 4, 18, 20), 16)
    assert cut[:, :4].all() and cut[:, 12:].all() and not cut[:, 4:12].any()


def test_a_large_shape_is_squeezed():
    """The upper left triangle of a 24 x 24 box, at 8 x 8: the diagonal from lower left to upper right parts it."""
    cut = cut_mask([[4, 4, 28, 4, 4, 28]], HEIGHT, WIDTH, (4, 4, 28, 28), 8)
    rows, columns = np.indices((8, 8))
    assert cut[rows + columns < 6].all()
    assert not cut[rows + columns > 8].any()


@pytest.mark.parametrize("segmentation", [[], None, {}])
def test_no_segmentation_is_an_unknown_mask(segmentation):
    assert cut_mask(segmentation, HEIGHT, WIDTH, (0, 0, 9, 9), 8) is None


def test_a_box_outside_has_no_mask(blob):
    assert cut_mask(compressed(blob), HEIGHT, WIDTH, (WIDTH + 1, 0, WIDTH + 9, 8), 8) is None


def test_a_thin_box_keeps_a_pixel(blob):
    cut = cut_mask(plain_run_lengths(np.ones_like(blob)), HEIGHT, WIDTH, (10.1, 5, 10.3, 9), 8)
    assert cut.shape == (8, 8) and cut.all()


@pytest.mark.parametrize(
    ("segmentation", "message"),
    [
        ({"size": [HEIGHT, WIDTH], "counts": [10, 5]}, "cover 15 of 1500 pixels"),
        ({"size": [HEIGHT, WIDTH], "counts": [10, 5000]}, "cover 5010 of 1500 pixels"),
        ({"size": [HEIGHT, WIDTH], "counts": [-10, 1510]}, None),
        ({"size": [WIDTH, HEIGHT], "counts": [WIDTH * HEIGHT]}, "it is 30x50 and the picture 50x30"),
        ({"size": [HEIGHT, WIDTH], "counts": "abc"}, None),
        ({"size": [HEIGHT]}, None),
        ([[1, 2]], None),
        ([["a", "b", "c", "d", "e", "f"]], None),
        ([[3, 13, -(2**63), 13, 17, 28, 3, 28]], "a corner at -9223372036854775808, far outside of the picture"),
        ([[3, 13, 17, 13, 17, 10**400, 3, 28]], "a corner at 10{19}, far outside"),
        ([3, 13, 17, 13, 17, 1e9, 3, 28], "a corner at 1000000000.0, far outside"),
        ([[3, 13, 17, 13, 17, float("nan"), 3, 28]], "a corner at nan, far outside"),
        ("a string", None),
        (7, None),
    ],
)
def test_damage_is_said(segmentation, message):
    with pytest.raises(ValueError, match=message):
        cut_mask(segmentation, HEIGHT, WIDTH, (0, 0, 9, 9), 8)


@pytest.mark.parametrize(("height", "width"), [(40, 2**31), (2**63, 40), (2**14 + 1, 2**14)])
def test_nothing_is_decoded_for_a_picture_that_none_can_be(height, width):
    with pytest.raises(ValueError, match=f"its picture would have {width}x{height} pixels"):
        cut_mask([[3, 15, 17, 15, 17, 30, 3, 30]], height, width, (0, 0, 9, 9), 8)


def test_without_pycocotools_the_extra_is_named(monkeypatch, blob):
    segmentation = compressed(blob)
    monkeypatch.setitem(sys.modules, "pycocotools", None)
    with pytest.raises(Sg2imError, match=r"pip install 'sg2im-cli\[train\]'"):
        cut_mask(segmentation, HEIGHT, WIDTH, (0, 0, 9, 9), 8)
    assert cut_mask([], HEIGHT, WIDTH, (0, 0, 9, 9), 8) is None


@given(st.integers(1, 60), st.integers(1, 60), st.floats(0, 1), st.integers(0, 10_000))
def test_what_run_lengths_cover_is_known_before_they_are_decoded(height, width, share, seed):
    mask = (np.random.default_rng(seed).random((height, width)) < share).astype(np.uint8)
    counts = compressed(mask)["counts"]
    assert compressed_length(counts) == height * width
    assert compressed_length(counts.encode()) == height * width


@pytest.mark.parametrize("counts", [None, "1", b"0" * 3])
def test_nothing_is_decoded_that_claims_another_size(monkeypatch, counts):
    """Memory would be taken for what is claimed."""
    from pycocotools import mask as coco

    monkeypatch.setattr(coco, "decode", lambda *_: pytest.fail("decoded"))
    claimed = {"size": [10, 10], "counts": [100] if counts is None else counts}
    with pytest.raises(ValueError, match="it is 10x10 and the picture 12x12"):
        cut_mask(claimed, 12, 12, (0, 0, 12, 12), 4)
    if counts is not None:
        with pytest.raises(ValueError, match="its run lengths cover .* of 144 pixels"):
            cut_mask({"size": [12, 12], "counts": counts}, 12, 12, (0, 0, 12, 12), 4)


@pytest.mark.parametrize("counts", ["", "\x01", "~~", "P" * 5, "o" * 12 + "0", "\u00e9", "0n0000"])
def test_compressed_run_lengths_that_are_none(counts):
    with pytest.raises(ValueError, match="run lengths|ascii"):
        cut_mask({"size": [12, 12], "counts": counts or "\x00"}, 12, 12, (0, 0, 12, 12), 4)
