"""Words of prompts that say how a picture is made: kept aside as style, and nothing else of the graph changes."""

import pytest

from sg2im_errors import InputError
from sg2im_parsers.english.open_graph import open_json
from sg2im_parsers.english.parser import SceneGraphParser
from sg2im_parsers.english.pipeline import load_pipeline
from sg2im_parsers.grounding.account import require_every_word
from sg2im_parsers.grounding.sentence import ground
from sg2im_parsers.vocabulary import Vocabulary
from tests.parsers.trees import names, statements

VOCABULARY = Vocabulary.from_names(["dog", "bed", "wall", "painting", "tv", "table"], ["on"])


@pytest.fixture(scope="module")
def parser():
    return SceneGraphParser(load_pipeline())


@pytest.mark.parametrize(
    "text",
    [
        "a photo of a dog on a bed",
        "a dog on a bed, digital art, 4k",
        "a dog on a bed, highly detailed, trending on artstation",
        "a dog on a bed digital art 8k",
        "a dog on a bed in the style of van gogh",
        "a dog on a bed in anime style",
        "a dog on a bed, studio ghibli style",
        "a dog on a bed, by Greg Rutkowski and Alphonse Mucha",
        "a dog on a bed by greg rutkowski",
        "a dog on a bed, cinematic lighting, 35mm film, bokeh, golden hour",
        "a dog on a bed with dramatic lighting",
        "a dog on a bed, ink on paper",
        "a dog on a bed --ar 16:9 --v 5",
        "(masterpiece:1.2), ((best quality)), a dog on a bed",
        "oil painting, a dog on a bed, impressionist",
        "pixel art of a dog on a bed, 16 bit, retro game",
        "black and white photo of a dog on a bed",
        "black-and-white photograph of a dog on a bed",
        "wide angle shot of a dog on a bed",
        "isometric 3d render of a dog on a bed",
        "watercolor painting of a dog on a bed",
        "a painting by Claude Monet of a dog on a bed",
        "a minimalist poster of a dog on a bed",
        "photorealistic portrait of a dog on a bed",
        "a photorealistic dog on a bed",
        "claymation style dog on a bed",
        "can u make a pic of a dog on a bed, unreal engine 5",
        "close-up photo of a dog on a bed, shallow depth of field, f/1.8",
        "children's book illustration of a dog on a bed",
    ],
)
def test_style_changes_nothing_and_misses_nothing(parser, text):
    parsed = parser(text)
    assert statements(parsed) == {"dog", "bed", "dog | on | bed"}
    account = ground(parsed, VOCABULARY).account
    assert account.dropped == ()
    require_every_word(account)
    kept = {word.word.lower() for word in account.words if word.status != "style"}
    assert kept == {"dog", "on", "bed"}


def test_style_is_told_in_the_account_where_it_stands(parser):
    text = "a dog on a bed, digital art, 4k"
    words = ground(parser(text), VOCABULARY).account.words
    told = [word.to_json() for word in words if word.status == "style"]
    assert [(word["word"], text[word["start"] :][: len(word["word"])]) for word in told] == [
        ("digital", "digital"),
        ("art", "art"),
        ("4k", "4k"),
    ]
    assert {(word["becomes"], word["rule"], word["reason"]) for word in told} == {(None, None, "style, not drawn")}


def test_the_open_graph_names_style_where_there_is_any(parser):
    assert open_json(parser("a dog on a bed, digital art"))["style"] == ["digital", "art"]
    assert "style" not in open_json(parser("a dog on a bed"))


def test_what_is_dropped_beside_style_still_fails_strict(parser):
    with pytest.raises(InputError, match="'zeppelin' would be dropped"):
        require_every_word(ground(parser("a zeppelin, digital art"), VOCABULARY).account)


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("a painting on a wall", ["painting", "wall"]),
        ("a portrait of a man above a fireplace", ["portrait", "man", "fireplace"]),
        ("a painting of a ship on the wall", ["painting", "ship", "wall"]),
        ("a picture of a dog in a frame", ["picture", "dog", "frame"]),
        ("a logo of a fox is on the door", ["logo", "fox", "door"]),
        ("a poster of a band", ["poster", "band"]),
        ("a photo album on a table", ["photo album", "table"]),
        ("a boy with a film camera", ["boy", "film camera"]),
        ("a style magazine next to a cup", ["style magazine", "cup"]),
        ("a digital clock on a shelf", ["clock", "shelf"]),
        ("a 4k tv on a wall", ["tv", "wall"]),
        ("a woman holding a painting of a horse", ["woman", "painting", "horse"]),
        ("a sofa, a lamp, an oil painting", ["sofa", "lamp", "oil painting"]),
        ("sofa, lamp, painting", ["sofa", "lamp", "painting"]),
        ("a house by Lake Como", ["house", "Lake Como"]),
        ("a black and white cat on a sofa", ["cat", "sofa"]),
        ("a kitchen with a toaster, a blender, a kettle", ["kitchen", "toaster", "blender", "kettle"]),
        ("a man in black and white", ["man"]),
        ("a vintage car in front of a house", ["car", "house"]),
        ("a wall painted by a man", ["wall", "man"]),
    ],
)
def test_what_only_sounds_like_style_stays(parser, text, things):
    parsed = parser(text)
    assert parsed.style == ()
    assert {name.lower() for name in names(parsed)} >= {name.lower() for name in things}


def test_a_text_of_style_alone_is_read_as_it_stands(parser):
    for text in ("digital art", "4k", "oil painting, masterpiece", "a photo of"):
        assert parser(text).style == ()
