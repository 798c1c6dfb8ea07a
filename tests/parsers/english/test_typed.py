"""What people type into picture tools: each kind with its contrasts, all that is told and nothing more."""

import pytest

from sg2im_parsers.english.parser import SceneGraphParser
from sg2im_parsers.english.pipeline import load_pipeline
from tests.parsers.trees import statements


@pytest.fixture(scope="module")
def parser():
    return SceneGraphParser(load_pipeline())


TOLD = {
    # comparisons are relationships; without something to compare with, a quality
    "a dog bigger than a cat": {"dog", "cat", "dog | bigger than | cat"},
    "a boy who is taller than his father": {"boy", "father", "boy | taller than | father"},
    "the pumpkin is heavier than the dog": {"pumpkin", "dog", "pumpkin | heavier than | dog"},
    "a bird as big as a house": {"bird", "house", "bird | as big as | house"},
    "a taller man": {"man", "man | is | taller"},
    "less than ten dogs": {"dogs"},
    "a car next to a truck that is longer than a bus": {"car", "truck", "bus", "car | next to | truck"}
    | {"truck | longer than | bus"},
    # sizes and ages count nothing
    "a two year old boy with a balloon": {"boy", "balloon", "boy | is | two-year-old", "boy | with | balloon"},
    "a 5 year old girl": {"girl", "girl | is | 5-year-old"},
    "a ten story building": {"building", "building | is | ten-story"},
    "ten story books": {"story books", "story books | is | 10"},
    "two old boys": {"boys", "boys | is | 2", "boys | is | old"},
    "a pair of shoes": {"shoes", "shoes | is | 2"},
    "a pair of scissors": {"scissors"},
    "two men wearing hats": {"men", "hats", "men | is | 2", "men | wear | hats"},
    # who wears what
    "a helmet wearing man": {"man", "helmet", "man | wear | helmet"},
    "a helmet-wearing dog": {"dog", "helmet", "dog | wear | helmet"},
    "a man wearing boots": {"man", "boots", "man | wear | boots"},
    # whose
    "a girl whose hair is red": {"girl", "hair", "girl | have | hair", "hair | is | red"},
    "a house whose roof is covered with moss": {
        "house",
        "roof",
        "moss",
        "house | have | roof",
        "moss | cover | roof",
    },
    "the box in which the cat sleeps": {"box", "cat", "cat | sleep in | box"},
    "the hat that the man is wearing": {"hat", "man", "man | wear | hat"},
    # what is not there
    "a park with benches instead of chairs": {"park", "benches", "park | with | benches"},
    "four kids at a table and none of them are wearing hats": {"kids", "table", "kids | is | 4", "kids | at | table"},
    # who is where, and does what
    "a plane in the air and a car on the road": {"plane", "air", "car", "road", "plane | in | air", "car | on | road"},
    "a cat and a dog on a bed": {"cat", "dog", "bed", "cat | on | bed", "dog | on | bed"},
    "a lake with mountains behind it and a boat on it": {
        "lake",
        "mountains",
        "boat",
        "mountains | behind | lake",
        "boat | on | lake",
    },
    "an owl perched on a branch looking at the moon": {
        "owl",
        "branch",
        "moon",
        "owl | perch on | branch",
        "owl | look at | moon",
    },
    "a girl with a kite who is laughing": {"girl", "kite", "girl | with | kite", "girl | is | laughing"},
    "a boy carrying a bag on his back": {"boy", "bag", "back", "boy | carry | bag", "bag | on | back"},
    "a teacher and two students look at a map": {
        "teacher",
        "students",
        "map",
        "students | is | 2",
        "teacher | look at | map",
        "students | look at | map",
    },
    "a waiter serving soup to a man in a suit": {
        "waiter",
        "soup",
        "man",
        "suit",
        "waiter | serve | soup",
        "soup | to | man",
        "man | wear | suit",
    },
    "a kid eating spaghetti with meatballs": {"kid", "spaghetti", "meatballs", "kid | eat | spaghetti"}
    | {"spaghetti | with | meatballs"},
    "a kid eating spaghetti with a fork": {
        "kid",
        "spaghetti",
        "fork",
        "kid | eat | spaghetti",
        "kid | eat with | fork",
    },
    "a cop eating a taco in a car": {"cop", "taco", "car", "cop | eat | taco", "cop | in | car"},
    "a girl eating a cake on a plate": {"girl", "cake", "plate", "girl | eat | cake", "cake | on | plate"},
    "a boy carrying a box up the stairs": {"boy", "box", "stairs", "boy | carry | box", "boy | up | stairs"},
    "a bowl of strawberries": {"bowl", "strawberries", "strawberries | in | bowl"},
    "a house smaller than a mushroom, in a forest": {
        "house",
        "mushroom",
        "forest",
        "house | smaller than | mushroom",
        "house | in | forest",
    },
    "a newly wed couple under a tree": {"couple", "tree", "couple | under | tree", "couple | is | wed"},
    # when and what for
    "a lake at sunset": {"lake"},
    "a red sunset over the sea": {"sunset", "sea", "sunset | is | red", "sunset | over | sea"},
    "a goalkeeper reaching for the ball": {"goalkeeper", "ball", "goalkeeper | reach for | ball"},
    "a green bunch of bananas": {"bananas", "bananas | is | green"},
    "a small bunch of bananas": {"bananas"},
    "a cat licking itself on a rug": {"cat", "rug", "cat | on | rug"},
}


@pytest.mark.parametrize(("text", "told"), TOLD.items())
def test_what_people_type_is_told_and_nothing_more(parser, text, told):
    assert statements(parser(text)) == told
