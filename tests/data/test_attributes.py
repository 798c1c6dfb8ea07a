"""Colour and size words: the rules say what a person would, and hold under what must not matter."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sg2im_cli.config import ConfigError, DataConfig, GeneratorConfig
from sg2im_cli.data.attributes import DERIVED, SIZES, Usual, derive_attributes, frequent_words, size_words, usual_sizes
from sg2im_cli.data.batch import collate
from sg2im_cli.data.color_terms import COLORS, color_words, cover, name_pixels, to_lightness_chroma_hue
from sg2im_cli.data.dataset import Scene, SceneDataset, load_scenes
from sg2im_cli.data.relations import SPOKEN_RELATIONS, spoken_table
from sg2im_parsers.vocabulary import Vocabulary

# Names and values of CSS Color 4, and what a person calls them.
NAMED = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "snow white": (255, 250, 250),
    "gray": (128, 128, 128),
    "dim gray": (105, 105, 105),
    "red": (255, 0, 0),
    "crimson red": (220, 20, 60),
    "fire brick red": (178, 34, 34),
    "lime green": (0, 255, 0),
    "dark green": (0, 100, 0),
    "forest green": (34, 139, 34),
    "olive drab green": (107, 142, 35),
    "yellow": (255, 255, 0),
    "gold yellow": (255, 215, 0),
    "blue": (0, 0, 255),
    "navy blue": (0, 0, 128),
    "sky blue": (135, 206, 235),
    "steel blue": (70, 130, 180),
    "saddle brown": (139, 69, 19),
    "sienna brown": (160, 82, 45),
    "orange": (255, 165, 0),
    "dark orange": (255, 140, 0),
    "pink": (255, 192, 203),
    "hot pink": (255, 105, 180),
    "deep pink": (255, 20, 147),
    "purple": (128, 0, 128),
    "dark violet purple": (148, 0, 211),
    "rebecca purple": (102, 51, 153),
}
SIDE = 32
WHOLE = np.array([[0, 0, 1, 1]], dtype=np.float32)
FULL = np.ones((1, 8, 8), dtype=np.uint8)


def flat(color, height=SIDE, width=SIDE):
    return np.broadcast_to(np.array(color, dtype=np.uint8)[:, None, None], (3, height, width)).copy()


def told(image, boxes=WHOLE, masks=FULL, has_mask=None):
    has_mask = np.ones(len(boxes), dtype=bool) if has_mask is None else np.array(has_mask)
    return color_words(image, boxes, masks, has_mask)


@pytest.mark.parametrize(
    ("color", "lightness", "a", "b"),
    [  # published CIELAB values of the sRGB primaries (D65, two degrees)
        ((255, 0, 0), 53.24, 80.09, 67.20),
        ((0, 255, 0), 87.73, -86.18, 83.18),
        ((0, 0, 255), 32.30, 79.19, -107.86),
        ((255, 255, 0), 97.14, -21.55, 94.48),
        ((128, 128, 128), 53.59, 0, 0),
        ((2, 2, 2), 0.55, 0, 0),
    ],
)
def test_colours_are_seen_as_in_published_tables(color, lightness, a, b):
    light, chroma, hue = to_lightness_chroma_hue(np.array(color, dtype=np.uint8))
    assert light == pytest.approx(lightness, abs=0.02)
    assert chroma == pytest.approx(math.hypot(a, b), abs=0.02)
    if chroma > 1:
        assert hue == pytest.approx(math.degrees(math.atan2(b, a)) % 360, abs=0.05)


@pytest.mark.parametrize(("name", "color"), NAMED.items(), ids=NAMED)
def test_a_plain_colour_has_its_name(name, color):
    assert told(flat(color)) == [name.split()[-1]]


def test_every_term_is_some_colours_name():
    grid = np.stack(np.meshgrid(*[np.arange(0, 256, 5, dtype=np.uint8)] * 3), axis=-1)
    places = name_pixels(to_lightness_chroma_hue(grid))
    assert set(np.unique(places)) == {-1, *range(len(COLORS))}


@pytest.mark.parametrize("color", [(210, 180, 140), (0, 128, 128), (190, 170, 140)], ids=["tan", "teal", "putty"])
def test_a_colour_between_the_terms_has_no_name(color):
    assert told(flat(color)) == [None]


def test_noise_does_not_hide_a_colour():
    rng = np.random.default_rng(0)
    noisy = np.clip(flat((200, 30, 30)).astype(int) + rng.normal(0, 20, (3, SIDE, SIDE)), 0, 255).astype(np.uint8)
    noisy[:, rng.random((SIDE, SIDE)) < 0.15] = 255
    assert told(noisy) == ["red"]


def stripes(*shares_and_colors):
    """Rows of the picture from top to bottom, so many of each colour."""
    rows = [flat(color, round(share * 40), 40) for share, color in shares_and_colors]
    return np.concatenate(rows, axis=1)


def test_a_majority_is_needed_and_dark_windows_do_not_count_against_it():
    gray, black, red, green = (128, 128, 128), (10, 10, 10), (200, 20, 20), (30, 150, 30)
    assert told(stripes((0.7, gray), (0.3, black))) == ["gray"]
    assert told(stripes((0.5, gray), (0.5, black))) == [None]
    assert told(stripes((0.4, red), (0.6 - 0.1, black), (0.1, gray))) == ["red"]
    assert told(stripes((0.3, red), (0.5, gray), (0.2, black))) == [None]
    assert told(stripes((0.4, red), (0.4, green), (0.2, black))) == [None]


def test_only_what_is_seen_of_an_object_counts():
    """A red wall behind a large blue sofa, which is the smaller object and lies in front."""
    image = flat((200, 20, 20), 40, 40)
    image[:, 10:, :] = np.array([20, 40, 200], dtype=np.uint8)[:, None, None]
    boxes = np.array([[0, 0, 1, 1], [0, 0.25, 1, 1]], dtype=np.float32)
    masks = np.ones((2, 8, 8), dtype=np.uint8)
    assert told(image, boxes, masks) == ["red", "blue"]
    assert told(image, boxes, masks, [True, False]) == ["blue", None]  # a sofa of unknown shape hides nothing


def test_a_mask_shows_which_pixels_count():
    image = flat((20, 40, 200))
    image[:, :, : SIDE // 2] = np.array([250, 250, 250], dtype=np.uint8)[:, None, None]
    left = FULL.copy()
    left[:, :, 4:] = 0
    assert told(image, masks=left) == ["white"]
    assert told(image, masks=1 - left) == ["blue"]


def test_few_pixels_and_boxes_without_size_have_no_colour():
    image = flat((200, 20, 20))
    for box in ([0.5, 0.5, 0.6, 0.6], [0.5, 0.5, 0.5, 0.5], [0.9, 0.9, 0.1, 0.1], [0, 0.4, 1, 0.45]):
        assert told(image, np.array([box], dtype=np.float32)) == [None]


def test_words_are_mirrored_with_the_picture():
    rng = np.random.default_rng(3)
    for _ in range(20):
        image = np.repeat(np.repeat(rng.integers(0, 256, (3, 4, 4), dtype=np.uint8), 8, 1), 8, 2)
        corners = rng.random((4, 2, 2), dtype=np.float32)
        boxes = np.concatenate([corners.min(1), corners.max(1)], axis=1)
        masks = rng.integers(0, 2, (4, 8, 8), dtype=np.uint8)
        mirrored = np.stack([1 - boxes[:, 2], boxes[:, 1], 1 - boxes[:, 0], boxes[:, 3]], axis=1)
        there = cover(boxes, masks, 32, 32)
        back = cover(mirrored, masks[:, :, ::-1], 32, 32)[:, :, ::-1]
        np.testing.assert_array_equal(there, back)
        assert told(image, boxes, masks) == told(image[:, :, ::-1], mirrored, masks[:, :, ::-1])


USUAL = Usual(area=math.log(0.08), aspect=math.log(0.5))


@pytest.mark.parametrize(
    ("width", "height", "words"),
    [
        (0.4, 0.2, ()),
        (0.6, 0.3, ("large",)),
        (0.25, 0.125, ("small",)),
        (0.27, 0.29, ("tall",)),
        (0.3, 0.28, ()),  # taller than usual, but not higher than wide
        (0.6, 0.13, ("wide",)),
        (0.5, 0.9, ("large", "tall")),
        (0.2, 0.05, ("small", "wide")),
        (0, 0.5, ()),
    ],
)
def test_sizes_are_told_against_what_is_usual(width, height, words):
    assert size_words(np.array([0.1, 0, 0.1 + width, height], dtype=np.float32), USUAL) == words


def test_nothing_is_usual_in_a_category_with_few_examples():
    box = np.array([[0, 0, 0.5, 0.25]], dtype=np.float32)
    usual = usual_sizes([(("car",), box)] * 20 + [(("dog",), box)] * 19)
    assert usual.keys() == {"car"}
    assert usual["car"].area == pytest.approx(math.log(0.125))
    assert usual["car"].aspect == pytest.approx(math.log(0.5))
    assert size_words(np.array([0, 0, 1, 1], dtype=np.float32), usual.get("dog")) == ()


def test_what_is_usual_is_the_median_which_one_giant_does_not_move():
    boxes = [np.array([[0, 0, side, side]], dtype=np.float32) for side in (*[0.2] * 12, *[0.21] * 9, 1.0, 0.0)]
    assert usual_sizes([(("cat",), box) for box in boxes])["cat"].area == pytest.approx(math.log(0.04), abs=1e-5)


def test_colour_and_size_stand_together():
    image = flat((200, 20, 20))[None]
    words = derive_attributes(image, np.array([1]), ["car"], WHOLE, FULL, np.array([True]), {"car": USUAL})
    assert words == [("red", "large")]  # higher than usual, but not higher than wide


def test_words_that_data_states_often_enough():
    objects = [("red", "wooden"), ("red", "red"), ()] * 3 + [("red", "wooden")] * 2 + [("rare",)] * 4
    assert frequent_words(objects) == ("red", "wooden")
    assert frequent_words([*objects, *[()] * 10_000]) == ()
    assert frequent_words([]) == ()


GENERATOR = GeneratorConfig(image_size=(32, 32), refinement_dims=(8, 8), mask_size=8)
CONFIG = DataConfig(relations="spoken", min_objects=1, attributes="derived")


def words_of(data, scene):
    return [{data.vocabulary.attributes[i] for i in np.flatnonzero(row)} for row in scene.attributes]


@pytest.mark.parametrize("with_images", [True, False])
def test_a_split_tells_what_its_objects_look_like(painted_data, with_images):
    data = load_scenes(painted_data, "train", CONFIG, GENERATOR, with_images=with_images)
    assert data.vocabulary.attributes == DERIVED == (*COLORS, *SIZES)
    for i, scene in enumerate(data.scenes):
        road, car = words_of(data, scene)
        assert road == {"gray"}
        assert car == {"red" if i % 2 else "blue", "large" if i // 2 % 2 else "small"}
        assert (scene.image is None) is not with_images


def test_without_the_setting_nothing_is_told_and_draws_stay(painted_data):
    plain = load_scenes(
        painted_data, "train", DataConfig(relations="spoken", min_objects=1, object_dropout=0.5, flip=True), GENERATOR
    )
    told = load_scenes(
        painted_data,
        "train",
        DataConfig(relations="spoken", min_objects=1, object_dropout=0.5, flip=True, attributes="derived"),
        GENERATOR,
    )
    assert plain.vocabulary.attributes == () and plain.collate(range(4)).attributes is None
    for index in range(len(plain)):
        one, other = plain.example(index, 2, 5), told.example(index, 2, 5)
        assert one.attributes is None and other.attributes.shape == (len(one.objs), len(DERIVED))
        for name in ("objs", "triples", "boxes", "masks", "image"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_a_model_is_told_only_the_attributes_that_it_knows(painted_data):
    words = Vocabulary.from_names(("car", "road"), SPOKEN_RELATIONS, (), ("blue", "shiny"))
    data = load_scenes(painted_data, "train", CONFIG, GENERATOR, words)
    assert [words_of(data, scene)[1] for scene in data.scenes[:2]] == [{"blue"}, set()]
    silent = Vocabulary.from_names(("car", "road"), SPOKEN_RELATIONS)
    assert load_scenes(painted_data, "train", CONFIG, GENERATOR, silent).example(0).attributes is None


def random_scenes(dropout, count=400):
    rng = np.random.default_rng(0)
    words = Vocabulary.from_names(("car",), SPOKEN_RELATIONS, (), ("red", "small"))
    boxes = np.array([[0, 0, 0.4, 0.4], [0.5, 0.5, 0.9, 0.9]], dtype=np.float32)
    table = spoken_table(boxes, np.zeros(2, dtype=bool))
    masks = np.ones((2, 8, 8), dtype=np.uint8)
    scenes = [
        Scene(np.ones(2, dtype=np.int64), boxes, masks, np.ones(2, dtype=bool), table, None, rng.random((2, 2)) < 0.8)
        for _ in range(count)
    ]
    return SceneDataset(scenes, words, DataConfig(relations="spoken", attributes="derived", attribute_dropout=dropout))


@pytest.mark.parametrize("dropout", [0.0, 0.3, 1.0])
def test_attributes_are_left_out_at_random_object_by_object_and_one_by_one(dropout):
    data = random_scenes(dropout)
    kept = had = silent = 0
    for index, scene in enumerate(data.scenes):
        said = data.example(index, epoch=3).attributes
        assert not (said & ~scene.attributes).any()
        np.testing.assert_array_equal(data.example(index, epoch=3).attributes, said)
        np.testing.assert_array_equal(data.example(index, epoch=3, exact=True).attributes, scene.attributes)
        both = scene.attributes.all(1)
        kept, had = kept + said[both].sum(), had + 2 * both.sum()
        silent += (~said[both].any(1)).sum()
    assert kept / had == pytest.approx((1 - dropout) ** 2, abs=0.05)
    assert silent / (had / 2) == pytest.approx(dropout + (1 - dropout) * dropout**2, abs=0.05)


def test_a_batch_carries_what_its_examples_say():
    data = random_scenes(0.3, 5)
    batch = data.collate(range(5), epoch=1)
    image = batch.objs == 0
    np.testing.assert_array_equal(
        batch.attributes[~image], np.concatenate([data.example(i, epoch=1).attributes for i in range(5)])
    )
    assert not batch.attributes[image].any()
    assert collate([data.example(0)]).attributes.shape == (3, 2)


def test_a_wrong_share_is_named():
    with pytest.raises(ConfigError, match="attribute_dropout is 1.5 and must be at most 1"):
        DataConfig(attribute_dropout=1.5)
