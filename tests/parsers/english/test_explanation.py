"""Why a text was read as it was: laws of the trees that are shown, and that explaining changes nothing."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sg2im_parsers.english.explanation import explain
from sg2im_parsers.english.extraction.relation_rules import packaged_rules
from sg2im_parsers.english.open_graph import open_json
from sg2im_parsers.english.parser import SceneGraphParser
from sg2im_parsers.english.pipeline import load_pipeline
from sg2im_parsers.graph_json import graph_from_json

TEXTS = [
    "a dog on a bed",
    "Please draw two brown dogs standing in front of a t-shirt shop, and a man in a hat on the left",
    "A dog is on a bed. It is next to a lamp.\n\nThere are two cats. One is black, the other is white.",
    "a herd of sheep trying to cross a street without cars, side by side",
    "<b>A MAN</b> \U0001f600 WITH A BEARD IN A SNOW COVERED FIELD",
    "on the table sits a cat",
    "a brwon dog",
    "",
    "quickly",
]
LITTLE = "a the two on in of with next to is there and , . - it each one other"
WORDS = st.sampled_from([*LITTLE.split(), "dog", "dogs", "man", "front", "left", "wearing", "red", "group"])


@pytest.fixture(scope="module")
def nlp():
    return load_pipeline()


def is_tree(heads):
    """Whether every position with a head reaches a root."""
    for place in heads:
        for _ in heads:
            if heads[place] is None:
                break
            place = heads[place]
        else:
            return False
    return True


def check_laws(nlp, text):
    found = explain(nlp, text)
    assert found.parsed == SceneGraphParser(nlp)(text)
    assert len(found.tokens) == len(found.parsed.words)
    for edges in ([t.given for t in found.tokens], [t.seen for t in found.tokens]):
        heads = {place: edge.head for place, edge in enumerate(edges) if edge is not None}
        assert all(head is None or head in heads for head in heads.values())
        assert is_tree(heads)
    for word, token in zip(found.parsed.words, found.tokens, strict=True):
        assert (token.given is not None) == bool(word.tag)
        assert token.joined is None or token.seen is None
    assert [r.rule for r in found.reasons] == list(found.parsed.rules)
    assert tuple(each.name for each in found.rewrites) == found.parsed.rewrites
    for reason, relationship in zip(found.reasons, found.parsed.graph.relationships, strict=True):
        assert (reason.subject, reason.predicate, reason.object) == (
            relationship.subject,
            relationship.predicate,
            relationship.object,
        )
        assert reason.says.startswith(packaged_rules().rules[reason.rule].says)
    return found


@pytest.mark.parametrize("text", TEXTS)
def test_each_word_is_once_in_trees_and_each_relationship_has_a_rule(nlp, text):
    check_laws(nlp, text)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(WORDS, max_size=14).map(" ".join))
def test_the_laws_hold_for_any_row_of_words(text):
    check_laws(load_pipeline(), text)


@pytest.mark.parametrize("text", TEXTS)
def test_it_survives_json_and_a_graph_with_it_can_be_read(nlp, text):
    found = explain(nlp, text)
    data = json.loads(json.dumps(found.to_json()))
    assert data == found.to_json()
    assert "".join(token["text"] for token in data["tokens"]) == "".join(word.text for word in found.parsed.words)
    assert [each["rewrite"] for each in data["rewrites"]] == list(found.parsed.rewrites)
    assert len(data["relationships"]) == len(found.parsed.graph.relationships)
    graph = open_json(found.parsed)
    graph["objects"] = [thing["text"] for thing in graph["objects"]]
    assert len(graph_from_json({**graph, "tree": data}).objects) == len(graph["objects"])


def test_words_taken_out_say_where_they_went(nlp):
    found = explain(nlp, "two dogs in front of a t-shirt shop on the left")
    words = [word.text for word in found.parsed.words]
    went = {words[i]: words[t.joined] for i, t in enumerate(found.tokens) if t.joined is not None}
    assert went == {"in": "shop", "front": "shop", "of": "shop", "t": "shirt", "-": "shirt"} | dict.fromkeys(
        ("on", "the", "left"), "dogs"
    )
