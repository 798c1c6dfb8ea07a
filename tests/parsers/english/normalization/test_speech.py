"""How people write who write fast, and what looks so but is not."""

import pytest

from sg2im_parsers.english.normalization.speech import left_out, sentence_starts, spoken
from sg2im_parsers.english.parser import SceneGraphParser
from sg2im_parsers.english.pipeline import load_pipeline
from tests.parsers.trees import attributes, names, statements, triples


@pytest.fixture(scope="module")
def parser():
    return SceneGraphParser(load_pipeline())


@pytest.mark.parametrize(
    "text",
    [
        "can u make a pic of a dog w a ball thx",
        "pls draw a dog w/ a ball lol",
        "um so like a dog with a ball",
        "I wanna see a dog with a ball or something",
        "make it a dog with a ball plz!",
        "i need a dog with a ball",
        "A DOG WITH A BALL",
        "a dgo wiht a ball",
        "hey could you draw me a dog with a ball please",
    ],
)
def test_one_scene_in_many_ways(parser, text):
    assert statements(parser(text)) == {"dog", "ball", "dog | with | ball"}


SCENES = {
    "theres a big spider on my wall and its hairy": {
        "spider", "wall", "spider | on | wall", "spider | is | big", "spider | is | hairy",
    },
    "pls draw my dog he is brown and has floppy ears": {
        "dog", "ears", "dog | is | brown", "ears | is | floppy", "dog | have | ears",
    },
    "theres a man and hes holding a umbrella": {"man", "umbrella", "man | hold | umbrella"},
    "the sky is blue the grass is green": {"sky", "grass", "sky | is | blue", "grass | is | green"},
    "boy n girl on a bench": {"boy", "girl", "bench", "boy | on | bench", "girl | on | bench"},
    "a dog w a ball @ the beach": {"dog", "ball", "beach", "dog | with | ball"},
    "woman red dress standing on bridge": {
        "woman", "dress", "bridge", "dress | is | red", "woman | wear | dress", "woman | stand on | bridge",
    },
    "beach palm trees hammock coconut": {"beach", "palm trees", "hammock", "coconut"},
    "ocean waves surfer sunset palm trees": {"ocean", "waves", "surfer", "sunset", "palm trees"},
    "car red, house white, sky blue": {"car", "house", "car | is | red", "house | is | white", "sky | is | blue"},
    "red car white house blue sky": {"car", "house", "car | is | red", "house | is | white", "sky | is | blue"},
    "pizza, burger, soda, napkins": {"pizza", "burger", "soda", "napkins"},
    "apple banana pear on table": {
        "apple", "banana", "pear", "table", "pear | on | table",
    },
    "old lady on bench feeding pigeons": {
        "lady", "bench", "pigeons", "lady | is | old", "lady | on | bench", "lady | feed | pigeons",
    },
    "old man at dog walking park": {"man", "man | is | old"},
}  # fmt: skip


@pytest.mark.parametrize("text", SCENES)
def test_words_that_lack_are_put_in(parser, text):
    assert SCENES[text] <= statements(parser(text))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("baseball stadium parking lot", "baseball stadium parking lot"),
        ("red brick apartment building", "apartment building"),
        ("light purple desk wall", "desk wall"),
        ("windows on the blue train car", "train car"),
        ("navy blue, forest green", "forest green"),
        ("coffee table book", "coffee table book"),
    ],
)
def test_names_of_several_nouns_are_no_lists(parser, text, name):
    assert name in names(parser(text))


@pytest.mark.parametrize(
    "text",
    [
        "the letter w on a sign",
        "a u turn sign",
        "a big n on a wall",
        "a kind of bread",
        "a dog like a wolf",
        "a cat and its hairy tail",
        "a cat licking its baby",
        "right hand on a table",
        "a well on a farm",
        "a man with his dog",
    ],
)
def test_what_looks_like_texting_stays(text):
    assert spoken(text.split()) == {}


@pytest.mark.parametrize(
    "text",
    [
        "the hat that he is wearing",
        "a ball he is throwing",
        "the bench it is on",
        "a cow with a rope around it 's neck",
        "a chef who is stirring a pot that is hot",
        "a lady who is holding a baby who is asleep",
    ],
)
def test_a_sentence_that_goes_on_is_not_cut(text):
    assert sentence_starts(text.split()) == []
    assert "." not in left_out(text.split()).values()


def test_words_keep_their_places(parser):
    text = "can u draw 2 cats w hats lol theres a dog n its brown"
    parsed = parser(text)
    assert [word.text for word in parsed.words if word.text != "s"] == text.replace("theres", "there").split()
    for word in parsed.words:
        assert text[word.start :].startswith(word.text)
    assert attributes(parsed) == {"dog": ("brown",)}
    assert triples(parsed) == {"cats | with | hats"}
