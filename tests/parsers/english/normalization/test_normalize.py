"""What is read in place of what is written: requests, capitals, misspelled words, markup, texts without end."""

import time

import pytest

from sg2im_errors import InputError
from sg2im_parsers.english.normalization.normalize import MOST_LETTERS, MOST_WORDS
from sg2im_parsers.english.normalization.spelling import guess, guesses
from sg2im_parsers.english.open_graph import open_json
from sg2im_parsers.english.parser import SceneGraphParser
from sg2im_parsers.english.pipeline import load_pipeline
from sg2im_parsers.grounding.sentence import ground, require_objects
from sg2im_parsers.vocabulary import Vocabulary
from tests.parsers.trees import attributes, names, triples

VOCABULARY = Vocabulary.from_names(["dog", "traffic light", "road", "bed"], ["on", "near"], ["road"])
SECONDS = 60
"""For texts that took minutes or all memory before; a quiet machine needs ten."""


@pytest.fixture(scope="module")
def parser():
    return SceneGraphParser(load_pipeline())


@pytest.mark.parametrize(
    "text",
    [
        "draw a cat on a sofa",
        "Draw a cat on a sofa.",
        "please draw a cat on a sofa",
        "Can you show me a cat on a sofa?",
        "Could you please paint me a picture of a cat on a sofa?",
        "I'd like to see a cat on a sofa",
        "generate an image of a cat on a sofa",
        "imagine a cat on a sofa",
        "Is there a cat on the sofa?",
        "A CAT ON A SOFA",
        "A Cat on a Sofa",
        "a caat on a sofa",
        "a cat\non a sofa",
        "<b>a cat</b> on a <i class='x'>sofa</i>",
        "🙂 a cat 🐈 on → a sofa\x07",
        "a\u200b cat on a\u200b sofa",
    ],
)
def test_one_scene_asked_for_in_many_ways(parser, text):
    parsed = parser(text)
    assert triples(parsed) == {"cat | on | sofa"}
    assert names(parsed) == ["cat", "sofa"]
    assert parsed.text == text
    for word in parsed.words:
        assert text[word.start :].startswith(word.text)


@pytest.mark.parametrize("text", ["a woman painting a wall", "a man showing a dog a ball", "a kid making a snowman"])
def test_people_who_draw_and_show_things_are_no_requests(parser, text):
    assert names(parser(text))[0] == text.split()[1]


@pytest.mark.parametrize(
    "text", ["", "  \n ", "draw", "please draw", "🙂🙂🙂", "\x00\x01\x02", "<br><br/>", "...?!", "\ud800", "can you"]
)
def test_where_nothing_can_be_drawn_one_sentence_says_so(parser, text):
    parsed = parser(text)
    assert names(parsed) == []
    with pytest.raises(InputError, match=r"^(The text is empty|No object was found in the text); describe a scene"):
        require_objects(ground(parsed, VOCABULARY), parsed)


@pytest.mark.parametrize(
    "text",
    [
        "ein Hund liegt auf dem Bett",
        "un chien sur le lit",
        "собака на кровати",
        "犬がベッドの上にいる",
        "कुत्ता बिस्तर पर है",
    ],
)
def test_other_languages_are_not_guessed_into_english(parser, text):
    parsed = parser(text)
    assert parsed.guesses == ()
    with pytest.raises(InputError, match="This model cannot draw|No object was found"):
        require_objects(ground(parsed, VOCABULARY), parsed)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("trafic", "traffic"),
        ("skatebord", "skateboard"),
        ("raod", "road"),
        ("hourse", "horse"),
        ("dgo", "dog"),
        ("womna", "woman"),
        ("fountian", "fountain"),
        ("rabit", "rabbit"),
        ("hil", "hill"),
        ("dragen", "dragon"),
        ("umberella", "umbrella"),
        ("elefant", "elephant"),
        ("butifull", "beautiful"),
        ("hoodie", None),
        ("pantries", None),
        ("tickers", None),
        ("minecraft", None),
        ("dogs", None),
        ("sedan", None),
        ("spaniel", None),
        ("zeppelins", None),
        ("xylophonist", None),
        ("qqqq", None),
        ("ab", None),
        ("t-shirt", None),
    ],
)
def test_a_word_that_misses_a_common_one_by_a_letter_or_two(word, meant):
    assert guess(word) == meant


def test_guesses_are_made_in_english_only():
    assert guesses(["a", "raod", "near", "a", "bed"]) == {1: "road"}
    assert guesses(["raod", "strase", "gatto"]) == {}


def test_a_guess_is_reported_and_used_for_compounds_too(parser):
    text = "a trafic light on a raod"
    parsed = parser(text)
    assert parsed.guesses == ((1, "traffic"), (5, "road"))
    assert [word.text for word in parsed.words] == text.split()
    found = ground(parsed, VOCABULARY)
    assert [item.name for item in found.graph.objects] == ["traffic light", "road"]
    told = {word.word: (word.status, word.becomes, word.rule) for word in found.account.words}
    assert told["trafic"] == ("mapped", "traffic light", "read as 'traffic'")
    assert told["raod"] == ("mapped", "road", "read as 'road'")
    assert found.account.remarks == ("'trafic' was read as 'traffic'.", "'raod' was read as 'road'.")
    assert open_json(parsed)["account"] == {"words": [], "remarks": list(found.account.remarks)}


def test_an_emoji_is_not_read_and_that_is_said(parser):
    parsed = parser("a \U0001f411 in a field \u2764 \U0001f411")
    assert [thing.text for thing in parsed.graph.objects] == ["field"]
    assert ground(parsed, Vocabulary.from_names(["field"], ["in"])).account.remarks == (
        "Emoji are not read: \U0001f411\u2764; write words.",
    )
    assert parser("a field :) ...").remarks == ()


def test_what_is_said_after_a_request_keeps_its_places(parser):
    parsed = parser("Please draw two BROWN dogs on a bed")
    text = [word.text for word in parsed.words]
    dogs, bed = parsed.mentions
    assert [text[i] for i in (*dogs.number_words, *dogs.attribute_words[0], *dogs.name_words)] == [
        "two",
        "BROWN",
        "dogs",
    ]
    assert text[bed.head] == "bed" and text[parsed.relation_words[0][0]] == "on"
    assert attributes(parsed) == {"dogs": ("brown",)}


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        "a dog on a bed and",
        "it is red and they",
        "of",
        "the",
        "dog ,",
        "in front of",
        "two",
        "🙂",
        "next to each other",
        "a",
    ],
)
def test_twenty_thousand_words_at_once_take_bounded_time(parser, words):
    text = f"{words} " * (20_000 // len(words.split()))
    start = time.perf_counter()
    parsed = parser(text)
    assert time.perf_counter() - start < SECONDS
    assert parsed.text == text and parsed.unread == 0


@pytest.mark.slow
def test_the_end_of_a_text_without_end_is_not_read_and_that_is_said(parser):
    for text in ("a dog " * MOST_LETTERS, "x" * (2 * MOST_LETTERS), "a b c d " * MOST_WORDS):
        parsed = parser(text)
        assert parsed.text == text and len(parsed.words) <= MOST_WORDS
        assert 0 < parsed.unread < len(text)
        assert parsed.remarks == (f"The last {parsed.unread} letters were not read; the text is too long.",)
