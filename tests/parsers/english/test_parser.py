"""Sentences to graphs, with the embedded pipeline: what people write and what must come of it."""

import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sg2im_parsers.english.open_graph import open_json
from sg2im_parsers.english.parser import SceneGraphParser, parse_doc
from sg2im_parsers.english.pipeline import load_pipeline
from tests.parsers.trees import attributes, doc, names, triples


@pytest.fixture(scope="module")
def parser():
    return SceneGraphParser(load_pipeline())


SENTENCES = {
    "a car on the street": {"car | on | street"},
    "a dog next to a tree": {"dog | next to | tree"},
    "a cat on top of a car": {"cat | on top of | car"},
    "a chair on the side of the road": {"chair | on side of | road"},
    "a bench in the middle of a park": {"bench | in middle of | park"},
    "the cat is under the table": {"cat | under | table"},
    "the car is in front of a house": {"car | in front of | house"},
    "there is a dog on the bed": {"dog | on | bed"},
    "a man riding a horse": {"man | ride | horse"},
    "a man is riding a horse": {"man | ride | horse"},
    "a boat floating on a river": {"boat | float on | river"},
    "a field surrounded by trees": {"trees | surround | field"},
    "a woman who is holding an umbrella": {"woman | hold | umbrella"},
    "the man's hat": {"man | have | hat"},
    "a group of people on a beach": {"people | on | beach"},
    "a plate of food": {"food | on | plate"},
    "a boy trying to catch a ball": {"boy | catch | ball"},
    "a table with a cake on it": {"cake | on | table"},
    "the building has windows": {"building | have | windows"},
    "a blue sky without clouds over the sea": {"sky | over | sea"},
    "zebras graze in a field": {"zebras | graze in | field"},
    "toilet next to sink": {"toilet | next to | sink"},
    "a trash can near a wall": {"trash can | near | wall"},
    "a can on a table": {"can | on | table"},
    "a blue trash can is next to a tree": {"trash can | next to | tree"},
    "a woman who can ride a horse": {"woman | ride | horse"},
    "a bird atop of a pole": {"bird | atop | pole"},
    "a dog and two cats beside a tree and a bench": {
        "dog | beside | tree", "dog | beside | bench", "cats | beside | tree", "cats | beside | bench",
    },
}  # fmt: skip


@pytest.mark.parametrize("text", SENTENCES)
def test_relationships(parser, text):
    assert triples(parser(text)) == SENTENCES[text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the car is red", {"car": ("red",)}),
        ("a small black and white dog", {"dog": ("small", "black", "white")}),
        ("a man with dark brown hair", {"hair": ("dark brown",)}),
        ("a wood table", {"table": ("wood",)}),
        ("a brick wall", {"wall": ("brick",)}),
        ("a two-story house", {"house": ("two-story",)}),
        ("a parked car", {"car": ("parked",)}),
        ("the dog is sleeping", {"dog": ("sleeping",)}),
        ("a piece of pizza", {}),
        ("two slices of pizza", {}),
        ("the seat is down", {"seat": ("down",)}),
        ("a red colored car", {"car": ("red",)}),
    ],
)
def test_attributes(parser, text, expected):
    assert attributes(parser(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a traffic light", ["traffic light"]),
        ("a man in a white t-shirt", ["man", "t-shirt"]),
        ("a hot dog on a plate", ["hot dog", "plate"]),
        ("Two Dogs", ["dogs"]),
        ("a tree branch", ["tree", "branch"]),
    ],
)
def test_names_are_the_sentence_s_own_words_in_lower_case(parser, text, expected):
    assert names(parser(text)) == expected


@pytest.mark.parametrize(
    ("text", "quantity", "amount"),
    [
        ("two sheep", 2, 2),
        ("12 sheep", 12, 12),
        ("several sheep", None, 3),
        ("a few sheep", None, 3),
        ("many sheep", None, 5),
        ("a couple of sheep", 2, 2),
        ("a sheep", None, None),
        ("sheep", None, None),
    ],
)
def test_numbers_exact_and_vague(parser, text, quantity, amount):
    parsed = parser(text)
    assert (parsed.graph.objects[0].quantity, parsed.mentions[0].amount) == (quantity, amount)
    assert bool(parsed.mentions[0].number_words) == (amount is not None)


def test_the_definite_second_mention_is_the_same_object(parser):
    parsed = parser("A car is on the street. The street is besides the buildings.")
    assert names(parsed) == ["car", "street", "buildings"]
    assert triples(parsed) == {"car | on | street", "street | beside | buildings"}
    assert [parsed.words[place].text for place in parsed.mentions[1].again] == ["street"]


def test_an_indefinite_second_mention_is_another_object(parser):
    assert names(parser("A dog is on a bed. A dog is under a bed.")) == ["dog", "bed", "dog", "bed"]


def test_a_second_mention_with_other_qualities_is_another_object(parser):
    assert names(parser("The red car is behind the blue car.")) == ["car", "car"]


def test_a_pronoun_means_what_was_named_before(parser):
    assert attributes(parser("There is a lake. It is blue.")) == {"lake": ("blue",)}
    assert names(parser("A man is on a horse. He is wearing a hat.")) == ["man", "horse", "hat"]


def test_a_pronoun_that_nothing_was_named_for_is_someone(parser):
    assert triples(parser("She is holding a red umbrella.")) == {"woman | hold | umbrella"}


def test_coordinated_clauses_keep_their_own_subjects(parser):
    parsed = parser("The cat is on the sofa and the dog is under the table.")
    assert triples(parsed) == {"cat | on | sofa", "dog | under | table"}


def test_every_part_of_the_graph_knows_its_words(parser):
    parsed = parser("two wooden cutting boards are leaning against the brick wall")
    text = [word.text for word in parsed.words]
    boards, wall = parsed.mentions
    assert [text[w] for w in boards.name_words] == ["cutting", "boards"]
    assert [[text[w] for w in said] for said in boards.attribute_words] == [["wooden"]]
    assert [text[w] for w in boards.number_words] == ["two"]
    assert (boards.plural, wall.plural) == (True, False)
    assert [[text[w] for w in words] for words in parsed.relation_words] == [["leaning", "against"]]
    assert len(parsed.rules) == len(parsed.graph.relationships) == 1


def test_words_that_a_reader_would_miss_are_content(parser):
    content = [word.text for word in parser("there is a small dog on the bed .").words if word.content]
    assert content == ["small", "dog", "on", "bed"]


def test_open_json_has_exact_numbers_from_two_on(parser):
    assert open_json(parser("two dogs beside one cat")) == {
        "text": "two dogs beside one cat",
        "objects": [
            {"text": "dogs", "attributes": [], "quantity": 2},
            {"text": "cat", "attributes": [], "quantity": None},
        ],
        "relationships": [[0, "beside", 1]],
    }


@pytest.mark.parametrize("text", ["", " ", "\n\n", "🙂 🙃", "\x00\x01", "-", "a - - b", "of of of", "?!", "it", "2"])
def test_text_without_a_scene_has_an_empty_graph_or_at_least_a_graph(parser, text):
    parsed = parser(text)
    assert parsed.text == text
    assert parsed.graph.relationships == ()


@pytest.mark.slow
def test_twenty_thousand_nouns_in_a_row(parser):
    check(parser("dog bed tree " * 6667))


def test_five_thousand_words(parser):
    assert len(parser("a dog on a bed and " * 1000).graph.objects) == 2000


def test_pipe_gives_the_same_as_one_by_one(parser):
    texts = ["a car on the street", "", "two dogs", "a man riding a horse"]
    assert list(parser.pipe(texts, batch_size=2)) == [parser(text) for text in texts]


def check(parsed):
    """What holds of every result."""
    graph = parsed.graph
    assert len(parsed.mentions) == len(graph.objects)
    assert len(parsed.relation_words) == len(parsed.rules) == len(graph.relationships)
    for relationship in graph.relationships:
        assert relationship.subject != relationship.object
        assert max(relationship.subject, relationship.object) < len(graph.objects)
        assert relationship.predicate.strip() and "{" not in relationship.predicate
    for thing, mention in zip(graph.objects, parsed.mentions, strict=True):
        assert thing.text and len(mention.attribute_words) == len(thing.attributes)
        assert mention.head in mention.name_words
        places = {mention.head, *mention.name_words, *mention.again, *mention.number_words}
        assert all(0 <= place < len(parsed.words) for place in places)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60))
def test_any_text_gives_a_graph(parser, text):
    check(parser(text))


WORDS = "a the dog dogs in front of next on top has two group people - and that it with covered haired no can"
LABELS = (
    "nsubj obj obl nmod case det amod compound conj cc acl acl:relcl advcl xcomp cop aux nsubj:pass obl:agent "
    "nmod:poss fixed flat expl mark dep compound:prt prep pobj dobj attr relcl agent"
)
TAGS = "NN NNS VB VBZ VBG VBN JJ IN DT CD PRP PRP$ POS MD RB WDT"


@st.composite
def any_tree(draw):
    """A tree of any shape with any labels, as a bad parser might make it."""
    size = draw(st.integers(1, 10))
    order = draw(st.permutations(range(size)))
    heads = {order[0]: order[0]} | {order[i]: order[draw(st.integers(0, i - 1))] for i in range(1, size)}
    words, tags = (draw(st.lists(st.sampled_from(v.split()), min_size=size, max_size=size)) for v in (WORDS, TAGS))
    labels = draw(st.lists(st.sampled_from(LABELS.split()), min_size=size, max_size=size))
    labels[order[0]] = "ROOT"
    return doc(" ".join(f"{words[t]}/{tags[t]}/{labels[t]}/{heads[t]}" for t in range(size)))


@settings(max_examples=300, deadline=None)
@given(tree=any_tree())
def test_any_tree_gives_a_graph(tree):
    check(parse_doc(tree))


def test_graphs_and_vocabularies_need_no_spacy_and_nothing_needs_torch():
    code = (
        "import sys, sg2im_parsers\n"
        "sg2im_parsers.SceneGraph, sg2im_parsers.Vocabulary, sg2im_parsers.open_json\n"
        "assert 'spacy' not in sys.modules\n"
        "for name in sg2im_parsers.__all__: assert getattr(sg2im_parsers, name)\n"
        "assert set(dir(sg2im_parsers)) == set(sg2im_parsers.__all__)\n"
        "assert 'torch' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
