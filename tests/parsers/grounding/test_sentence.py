"""Grounding: sentences by hand (no pipeline), laws over any parse, given graphs, and whole sentences at the end."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sg2im_errors import InputError
from sg2im_parsers import SceneGraphParser, load_pipeline
from sg2im_parsers.english.parsed_text import Mention, ParsedText, Word
from sg2im_parsers.errors import UnknownWordsError
from sg2im_parsers.grounding.copies import keep_copies_apart
from sg2im_parsers.grounding.graph import ground_graph, require_drawable
from sg2im_parsers.grounding.sentence import MOST_COPIES, MOST_OBJECTS, ground, require_objects
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject
from sg2im_parsers.vocabulary import Vocabulary

VOCABULARY = Vocabulary.from_names(
    [
        *("person", "car", "dog", "cat", "sheep", "horse", "bus", "bench", "bird", "traffic light", "window", "table"),
        *("road", "building", "tree", "field", "wall", "sky"),
    ],
    ["on", "under", "above", "beside", "near", "in", "around", "in front of", "behind"],
    ["road", "building", "tree", "field", "wall", "sky"],
)


class Sentence:
    """Builds a ParsedText: things and relations are said in the sentence's order."""

    def __init__(self):
        self.words, self.objects, self.mentions = [], [], []
        self.relationships, self.relation_words = [], []

    def word(self, text, lemma=None, tag="NN"):
        start = sum(len(word.text) + 1 for word in self.words)
        self.words.append(Word(text, lemma or text.lower(), tag, start, True))
        return len(self.words) - 1

    def thing(self, name, lemma=None, number=None, amount=None, attributes=(), plural=False):
        """`lemma` is the head's; `number` a word such as "several", and `amount` how many it asks for."""
        numbers = (self.word(number, tag="CD"),) if number else ()
        qualities = tuple((self.word(attribute, tag="JJ"),) for attribute in attributes)
        *compounds, head = name.split()
        spots = [self.word(compound) for compound in compounds]
        spots.append(self.word(head, lemma, "NNS" if plural else "NN"))
        self.objects.append(SceneObject(text=name.lower(), attributes=tuple(attributes)))
        self.mentions.append(
            Mention(
                head=spots[-1],
                name_words=tuple(spots),
                attribute_words=qualities,
                number_words=numbers,
                plural=plural,
                amount=amount,
            )
        )
        return len(self.objects) - 1

    def says(self, *words):
        return tuple(self.word(word, tag="IN") for word in words)

    def relation(self, subject, predicate, target, words):
        self.relationships.append(Relationship(subject, predicate, target))
        self.relation_words.append(words)

    def parsed(self):
        return ParsedText(
            text=" ".join(word.text for word in self.words),
            words=tuple(self.words),
            graph=SceneGraph(tuple(self.objects), tuple(self.relationships)),
            mentions=tuple(self.mentions),
            relation_words=tuple(self.relation_words),
            rules=("by hand",) * len(self.relationships),
        )


def pair(subject, words, target, predicate=None):
    """Two things, each a dict of `Sentence.thing`, and the relation between them."""
    sentence = Sentence()
    first = sentence.thing(**subject)
    said = sentence.says(*words.split())
    second = sentence.thing(**target)
    sentence.relation(first, predicate or words, second, said)
    return sentence.parsed()


def names(grounded):
    return [item.name for item in grounded.graph.objects]


def triples(grounded):
    return [(r.subject, r.predicate, r.object) for r in grounded.graph.relationships]


def statuses(grounded):
    return {word.word: (word.status, word.becomes, word.rule) for word in grounded.account.words}


def reasons(grounded):
    return {word.word: word.reason for word in grounded.account.dropped}


def test_exact_words_are_kept_and_others_mapped_by_a_named_rule():
    found = ground(pair({"name": "glass table"}, "parked on", {"name": "street"}, "park on"), VOCABULARY)
    assert names(found) == ["table", "road"]
    assert [item.text for item in found.graph.objects] == ["glass table", "street"]
    assert triples(found) == [(0, "on", 1)]
    assert statuses(found) == {
        "glass": ("mapped", "table", "head of compound"),
        "table": ("mapped", "table", "head of compound"),
        "parked": ("mapped", "on", "preposition"),
        "on": ("mapped", "on", "preposition"),
        "street": ("mapped", "road", "synonym"),
    }


def test_a_name_of_two_words_comes_before_its_head():
    found = ground(pair({"name": "traffic light"}, "in front of", {"name": "Car"}), VOCABULARY)
    assert names(found) == ["traffic light", "car"]
    assert {status for status, *_ in statuses(found).values()} == {"kept"}


def test_a_turned_relation():
    found = ground(pair({"name": "wall"}, "with", {"name": "window"}), VOCABULARY)
    assert triples(found) == [(1, "on", 0)]
    assert statuses(found)["with"] == ("mapped", "on", "phrase, turned round")


def test_attributes_are_dropped_and_said_so():
    found = ground(pair({"name": "car", "attributes": ["red"]}, "on", {"name": "road"}), VOCABULARY)
    assert reasons(found) == {"red": "this model knows no attributes"}


SIDES = Vocabulary.from_names(["dog", "cat", "person"], ["left of", "right of", "above", "below", "inside"])


def test_where_a_model_has_only_sides_the_seed_takes_one():
    sentence = pair({"name": "dog"}, "beside", {"name": "cat"})
    found = [ground(sentence, SIDES, seed=seed) for seed in range(64)]
    sides = [triples(item)[0][1] for item in found]
    assert set(sides) == {"left of", "right of"}
    assert 16 < sides.count("left of") < 48
    assert sides == [triples(ground(sentence, SIDES, seed=seed))[0][1] for seed in range(64)]
    assert all(item.by_seed for item in found)
    assert statuses(found[0])["beside"] == ("mapped", sides[0], "phrase, side by the seed")


def test_each_relationship_has_a_side_of_its_own_and_all_copies_the_same():
    sentence = Sentence()
    dog = sentence.thing("dogs", "dog", amount=3, plural=True)
    for _ in range(12):
        said = sentence.says("beside")
        sentence.relation(dog, "beside", sentence.thing("cat"), said)
    found = triples(ground(sentence.parsed(), SIDES))
    sides = {target: {predicate for _, predicate, other in found if other == target} for _, _, target in found}
    assert all(len(names) == 1 for names in sides.values())
    assert len(set.union(*sides.values())) == 2


@pytest.mark.parametrize(("words", "vocabulary"), [("beside", VOCABULARY), ("left of", SIDES), ("above", SIDES)])
def test_the_seed_changes_nothing_where_the_words_say_it(words, vocabulary):
    sentence = pair({"name": "dog"}, words, {"name": "cat"})
    assert len({ground(sentence, vocabulary, seed=seed) for seed in range(8)}) == 1
    assert not ground(sentence, vocabulary).by_seed


def test_a_pronoun_is_what_the_parser_took_it_for():
    sentence = Sentence()
    spot = sentence.word("He", "he", "PRP")
    sentence.objects.append(SceneObject(text="man"))
    sentence.mentions.append(Mention(head=spot, name_words=(spot,)))
    assert names(ground(sentence.parsed(), VOCABULARY)) == ["person"]


def test_what_the_model_cannot_draw_takes_its_relations_along():
    found = ground(pair({"name": "cot"}, "on", {"name": "road"}), VOCABULARY)
    assert names(found) == ["road"]
    assert triples(found) == []
    assert reasons(found) == {"cot": "this model cannot draw 'cot'", "on": "'cot' was dropped"}
    assert found.account.dropped[0].nearest == ("cat",)


def test_an_unknown_relation_leaves_both_objects():
    found = ground(pair({"name": "dog"}, "ponders", {"name": "cat"}, "ponder"), VOCABULARY)
    assert names(found) == ["dog", "cat"]
    assert triples(found) == []
    assert reasons(found) == {"ponders": "this model has no relation for 'ponder'"}


@pytest.mark.parametrize(
    ("thing", "expected"),
    [
        ({"name": "sheep", "number": "two", "amount": 2}, 2),
        ({"name": "sheep", "number": "several", "amount": 3}, 3),
        ({"name": "cats", "lemma": "cat", "plural": True}, 2),
        ({"name": "buildings", "lemma": "building", "plural": True}, 1),
        ({"name": "buildings", "lemma": "building", "plural": True, "number": "three", "amount": 3}, 3),
        ({"name": "cat"}, 1),
        ({"name": "birds", "lemma": "bird", "number": "1000", "amount": 1000, "plural": True}, MOST_COPIES),
    ],
)
def test_how_many_are_drawn(thing, expected):
    found = ground(pair(thing, "on", {"name": "road"}), VOCABULARY)
    assert len(found.graph.objects) == expected + 1
    assert triples(found) == [(i, "on", expected) for i in range(expected)]
    if "number" in thing:
        name = found.graph.objects[0].name
        assert statuses(found)[thing["number"]] == ("mapped", f"{expected} x {name}", "number")


def test_a_number_that_is_cut_is_told():
    found = ground(pair({"name": "birds", "lemma": "bird", "amount": 1000}, "on", {"name": "road"}), VOCABULARY)
    assert found.account.remarks == (f"1000 of 'bird' were asked for; {MOST_COPIES} are drawn.",)


def test_there_is_an_end_to_objects_and_it_is_told():
    sentence = Sentence()
    for i in range(5):
        sentence.thing(f"dogs{i} dogs", "dog", amount=7)
    found = ground(sentence.parsed(), VOCABULARY)
    assert len(found.graph.objects) == MOST_OBJECTS
    assert found.account.remarks == (f"At most {MOST_OBJECTS} objects are drawn; of 'dogs4 dogs' there are 4.",)


def test_equal_numbers_pair_up_and_others_meet_all():
    two = {"amount": 2, "plural": True}
    men, horses = {"name": "men", "lemma": "man", **two}, {"name": "horses", "lemma": "horse", **two}
    assert triples(ground(pair(men, "on", horses), VOCABULARY)) == [(0, "on", 2), (1, "on", 3)]
    horses["amount"] = 3
    assert len(triples(ground(pair(men, "on", horses), VOCABULARY))) == 6


def test_copies_are_set_side_by_side_for_the_model():
    def apart(found):
        return triples(replace(found, graph=keep_copies_apart(found.graph, VOCABULARY)))

    three = {"name": "sheep", "amount": 3}
    assert apart(ground(pair(three, "on", {"name": "road"}), VOCABULARY))[3:] == [(0, "beside", 1), (1, "beside", 2)]
    said = ground(pair({"name": "dog"}, "on", {"name": "dog"}), VOCABULARY)
    assert apart(said) == [(0, "on", 1)]
    given = SceneGraph((SceneObject(name="dog"), SceneObject(name="dog")))
    assert keep_copies_apart(given, VOCABULARY) == given


def test_a_word_that_nothing_came_of_is_in_the_account():
    sentence = Sentence()
    sentence.word("slowly", tag="RB")
    sentence.thing("dog")
    found = ground(sentence.parsed(), VOCABULARY)
    assert [(word.word, word.status) for word in found.account.words] == [("slowly", "dropped"), ("dog", "kept")]
    assert found.account.to_json()["words"][1] == {
        "word": "dog",
        "start": 7,
        "status": "kept",
        "becomes": "dog",
        "rule": None,
        "reason": None,
        "nearest": [],
    }


@pytest.mark.parametrize(
    ("sentence", "message"),
    [
        (ParsedText("", (), SceneGraph(), (), (), ()), "The text is empty"),
        (ParsedText("well", (), SceneGraph(), (), (), ()), "No object was found in the text"),
        (pair({"name": "cot"}, "on", {"name": "unicorn"}), "cannot draw 'cot', 'unicorn'; it knows cat"),
    ],
)
def test_a_text_of_which_nothing_can_be_drawn_is_refused(sentence, message):
    with pytest.raises(InputError, match=message):
        require_objects(ground(sentence, VOCABULARY), sentence)


nouns = st.sampled_from(["car", "street", "men", "unicorn", "traffic light", "sheep", "hot dog", "buildings"])
things = st.fixed_dictionaries(
    {"name": nouns},
    optional={"amount": st.sampled_from([1, 2, 3, 9, 10**6]), "plural": st.booleans(), "attributes": st.just(["red"])},
)
phrases = st.sampled_from(["on", "next to", "with", "surround by", "ponder", "sit on"])


@st.composite
def sentences(draw):
    sentence = Sentence()
    for _ in range(draw(st.integers(0, 7))):
        before = len(sentence.objects) - 1
        predicate = draw(phrases)
        said = sentence.says(*predicate.split())
        thing = sentence.thing(**draw(things))
        if before >= 0:
            sentence.relation(draw(st.integers(0, before)), predicate, thing, said)
    return sentence.parsed()


@given(sentences())
def test_no_word_is_lost_and_no_word_is_invented(sentence):
    found = ground(sentence, VOCABULARY)
    assert [word.start for word in found.account.words] == [word.start for word in sentence.words if word.content]
    for word in found.account.words:
        assert (word.becomes is None) == (word.status == "dropped") == (word.reason is not None)
        assert (word.rule is not None) == (word.status == "mapped")
    assert len(found.graph.objects) <= MOST_OBJECTS
    assert all(VOCABULARY.has_object(item.name) for item in found.graph.objects)
    for relationship in found.graph.relationships:
        assert VOCABULARY.has_predicate(relationship.predicate)
        assert 0 <= relationship.subject < len(found.graph.objects) > relationship.object >= 0
        assert relationship.subject != relationship.object
    assert len(set(found.graph.relationships)) == len(found.graph.relationships)


@given(sentences())
def test_a_grounded_graph_is_grounded(sentence):
    graph = ground(sentence, VOCABULARY).graph
    if graph.objects:
        assert ground_graph(graph, VOCABULARY) == graph


def given_graph(objects, *relationships):
    return SceneGraph(tuple(SceneObject(name=name) for name in objects), tuple(Relationship(*r) for r in relationships))


def test_a_given_graph_may_use_other_words_and_plurals():
    graph = given_graph(["Street", "buses", "women", "wall"], (1, "parked on", 0), (3, "with", 1))
    found = ground_graph(graph, VOCABULARY)
    assert [item.name for item in found.objects] == ["road", "bus", "person", "wall"]
    assert found.relationships == (Relationship(1, "on", 0), Relationship(1, "on", 3))


def test_a_given_graph_may_use_the_names_of_coco_stuff():
    graph = given_graph(["sky-other", "wall-panel", "building-other"], (0, "surrounding", 1))
    words = Vocabulary.from_names(("sky", "wall", "building"), ("around",))
    found = ground_graph(graph, words)
    assert [item.name for item in found.objects] == ["sky", "wall", "building"]
    assert found.relationships == (Relationship(0, "around", 1),)


def test_a_given_graph_keeps_what_is_known_of_its_objects():
    item = SceneObject(text="streets", box=(0, 0, 1, 1), pin=True, quantity=2, attributes=("wet",))
    (found,) = ground_graph(SceneGraph((item,)), VOCABULARY).objects
    assert (found.name, found.text, found.box, found.pin) == ("road", "streets", (0, 0, 1, 1), True)


def test_every_unknown_word_of_a_given_graph_is_named():
    graph = given_graph(["unicorn", "cot", "dog", "unicorn"], (0, "onn", 1), (1, "ponder", 2))
    with pytest.raises(UnknownWordsError) as caught:
        ground_graph(graph, VOCABULARY)
    assert caught.value.words == ("unicorn", "cot", "onn", "ponder")
    assert "'unicorn' in objects[0], 'cot' (nearest: cat" in str(caught.value)
    assert "'onn' (nearest: on" in str(caught.value)
    assert str(caught.value).endswith(" in relationships[1]; use other words or other weights.")


def test_every_unknown_word_of_many_graphs_is_named():
    graphs = [given_graph(["dog", "unicorn"]), given_graph(["dog", "cat"]), given_graph(["cot"])]
    with pytest.raises(UnknownWordsError) as caught:
        require_drawable(graphs, VOCABULARY)
    assert caught.value.words == ("unicorn", "cot")
    assert "'unicorn' in graph 0: objects[1]" in str(caught.value)
    with pytest.raises(InputError, match="Graph 1 has no objects"):
        require_drawable([graphs[0], SceneGraph()], VOCABULARY)


def test_an_object_without_a_word_is_unknown():
    with pytest.raises(UnknownWordsError):
        ground_graph(SceneGraph((SceneObject(),)), VOCABULARY)


def test_a_given_graph_without_objects_is_refused():
    with pytest.raises(InputError, match="has no objects"):
        ground_graph(SceneGraph(), VOCABULARY)


@pytest.fixture(scope="module")
def parser():
    return SceneGraphParser(load_pipeline())


@pytest.mark.parametrize(
    ("text", "objects", "relationships"),
    [
        (
            "a car on the street beside buildings",
            ["car", "road", "building"],
            {(0, "on", 1), (1, "beside", 2)},
        ),
        (
            "A car is on the street. The street is besides the buildings.",
            ["car", "road", "building"],
            {(0, "on", 1), (1, "beside", 2)},
        ),
        ("two sheep in a field", ["sheep", "sheep", "field"], {(0, "in", 2), (1, "in", 2)}),
        ("a traffic light next to a bus", ["traffic light", "bus"], {(0, "beside", 1)}),
        (
            "a dog and two cats beside a tree and a bench",
            ["dog", "cat", "cat", "tree", "bench"],
            {(subject, "beside", target) for subject in (0, 1, 2) for target in (3, 4)},
        ),
        ("a field surrounded by trees", ["field", "tree"], {(1, "around", 0)}),
        ("several horses", ["horse"] * 3, set()),
    ],
)
def test_whole_sentences(parser, text, objects, relationships):
    found = ground(parser(text), VOCABULARY)
    assert names(found) == objects
    assert set(triples(found)) == relationships
    assert found.account.dropped == ()
