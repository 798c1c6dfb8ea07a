"""The graph format: what is written can be read, what is wrong is named, and the schema says the same as the reader."""

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sg2im_errors import InputError
from sg2im_parsers.errors import GraphError
from sg2im_parsers.graph_json import (
    MOST_OBJECTS,
    graph_from_json,
    graph_schema,
    graph_to_json,
    graphs_from_json,
    load_graphs,
    read_graphs,
)
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject

GOLDEN = Path(__file__).parents[1] / "golden" / "graphs"
SHARED = Path(__file__).parents[3] / "shared" / "graphs"

words = st.text(min_size=1, max_size=8).filter(lambda text: text.strip())
shares = st.floats(0, 1, allow_subnormal=False)


@st.composite
def boxes(draw):
    x0, x1 = sorted(draw(st.lists(shares, min_size=2, max_size=2, unique=True)))
    y0, y1 = sorted(draw(st.lists(shares, min_size=2, max_size=2, unique=True)))
    return x0, y0, x1, y1


masks = st.integers(1, 3).flatmap(lambda m: st.tuples(*[st.tuples(*[shares] * m)] * m))


@st.composite
def scene_objects(draw):
    name, text = draw(st.one_of(st.tuples(words, st.none() | words), st.tuples(st.none(), words)))
    return SceneObject(
        name=name,
        text=text,
        attributes=tuple(draw(st.lists(words, max_size=2))),
        quantity=draw(st.none() | st.integers(0, 99)),
        box=draw(st.none() | boxes()),
        mask=draw(st.none() | masks),
        pin=draw(st.booleans()),
        seed=draw(st.none() | st.integers(0, 2**63 - 1)),
    )


@st.composite
def graphs(draw):
    objects = tuple(draw(st.lists(scene_objects(), max_size=4)))
    ends = st.integers(0, max(len(objects) - 1, 0))
    rows = draw(st.lists(st.tuples(st.tuples(ends, ends), words), max_size=4)) if objects else []
    return SceneGraph(objects, tuple(Relationship(s, predicate, o) for (s, o), predicate in rows))


def schema_accepts(data) -> bool:
    return jsonschema.Draft202012Validator(graph_schema()).is_valid(data)


def reader_accepts(data) -> bool:
    try:
        graphs_from_json(data)
    except GraphError:
        return False
    return True


@given(graphs())
def test_a_graph_survives_the_round_trip_and_fits_the_schema(graph):
    written = json.loads(json.dumps(graph_to_json(graph)))
    assert graph_from_json(written) == graph
    assert schema_accepts(written)


MISTAKES = [
    ([1], "graph 0: a scene graph is a JSON object with 'objects' and 'relationships'"),
    ([], "The list has no graph in it."),
    ({}, "objects: missing; a scene graph needs a list of them"),
    ({"objects": "sky"}, "objects: must be a list"),
    ({"objects": [], "relationship": []}, "relationship: unknown; did you mean 'relationships'?"),
    ({"objects": [], "text": 3}, "text: must be a string"),
    ({"objects": [""]}, "objects[0]: must be a word"),
    ({"objects": [7]}, "objects[0]: must be a name or a JSON object"),
    ({"objects": [{}]}, "objects[0]: needs a 'name' or a 'text'"),
    ({"objects": [{"nam": "sky"}]}, "objects[0].nam: unknown; did you mean 'name'?"),
    ({"objects": [{"name": None}]}, "objects[0].name: must be a word"),
    ({"objects": [{"name": "a", "attributes": "red"}]}, "objects[0].attributes: must be a list"),
    ({"objects": [{"name": "a", "attributes": [1]}]}, "objects[0].attributes: must be strings"),
    ({"objects": [{"name": "a", "quantity": True}]}, "objects[0].quantity: must be a whole number from 0 to"),
    ({"objects": [{"name": "a", "quantity": -1}]}, "objects[0].quantity: must be a whole number from 0 to"),
    ({"objects": [{"name": "a", "quantity": 1.5}]}, "objects[0].quantity: must be a whole number from 0 to"),
    ({"objects": [{"name": "a", "quantity": 10**50}]}, "objects[0].quantity: must be a whole number from 0 to"),
    ({"objects": [{"name": "a", "box": [0, 0, 1]}]}, "objects[0].box: must be four numbers: x0, y0, x1, y1"),
    ({"objects": [{"name": "a", "box": None}]}, "objects[0].box: must be four numbers: x0, y0, x1, y1"),
    ({"objects": [{"name": "a", "box": [0, 0, True, 1]}]}, "objects[0].box[2]: must be a number"),
    ({"objects": [{"name": "a", "box": [0, 0, 1, "1"]}]}, "objects[0].box[3]: must be a number"),
    ({"objects": [{"name": "a", "box": [0, -1, 1, 1]}]}, "objects[0].box[1]: -1 must be from 0 to 1"),
    ({"objects": [{"name": "a", "box": [0, 0, 10**50, 1]}]}, "objects[0].box[2]: a number of more than 20 digits"),
    ({"objects": [{"name": "a", "mask": []}]}, "objects[0].mask: must have at least one row"),
    ({"objects": [{"name": "a", "mask": [[2]]}]}, "objects[0].mask[0][0]: 2 must be from 0 to 1"),
    ({"objects": [{"name": "a", "mask": [[0]] * 257}]}, "objects[0].mask: 257 entries are more than the 256"),
    ({"objects": [{"name": "a", "pin": 1}]}, "objects[0].pin: must be true or false"),
    ({"objects": [{"name": "a", "seed": -1}]}, "objects[0].seed: must be a whole number from 0 to 9223372036854775807"),
    ({"objects": [{"name": "a", "seed": 2**63}]}, "objects[0].seed: must be a whole number from 0 to"),
    ({"objects": [{"name": "a", "seed": 1.5}]}, "objects[0].seed: must be a whole number from 0 to"),
    ({"objects": [{"name": "a", "seed": True}]}, "objects[0].seed: must be a whole number from 0 to"),
    ({"objects": [{"name": "a", "seed": None}]}, "objects[0].seed: must be a whole number from 0 to"),
    ({"objects": [{"name": "a", "sed": 1}]}, "objects[0].sed: unknown; did you mean 'seed'?"),
    ({"objects": ["a"] * (MOST_OBJECTS + 1)}, "objects: 1001 entries are more than the 1000"),
    ({"objects": ["a"], "relationships": {}}, "relationships: must be a list"),
    ({"objects": ["a", "b"], "relationships": [[0, "on"]]}, "relationships[0]: must be [subject index, predicate"),
    ({"objects": ["a", "b"], "relationships": [[0, "", 1]]}, "relationships[0]: must be a word"),
    ({"objects": ["a", "b"], "relationships": [[-1, "on", 1]]}, "relationships[0]: -1 is not one of the 2 objects"),
    ({"objects": ["a", "b"], "relationships": [[False, "on", 1]]}, "relationships[0]: False is not one of the 2"),
    ({"objects": ["a", "b"], "relationships": [["0", "on", 1]]}, "relationships[0]: '0' is not one of the 2 objects"),
]
ONLY_THE_READER = [
    ({"objects": [{"name": "a", "box": [float("nan"), 0, 1, 1]}]}, "objects[0].box[0]: must be a number"),
    ({"objects": [{"name": "a", "box": [0.5, 0, 0.5, 1]}]}, "objects[0].box: x1 must be greater than x0"),
    ({"objects": [{"name": "a", "box": [0, 1, 1, 0]}]}, "objects[0].box: y1 must be greater than y0"),
    ({"objects": [{"name": "a", "mask": [[0, 1]]}]}, "objects[0].mask[0]: must be a row of 1 numbers"),
    ({"objects": ["a", "b"], "relationships": [[0, "on", 7]]}, "relationships[0]: 7 is not one of the 2 objects"),
    ({"objects": [{"name": "a", "quantity": 10**5000}]}, "objects[0].quantity: must be a whole number from 0 to"),
    ({"objects": [{"name": "a", "box": [0, 0, 10**5000, 1]}]}, "objects[0].box[2]: a number of more than 20 digits"),
]


@pytest.mark.parametrize(("data", "message"), [*MISTAKES, *ONLY_THE_READER])
def test_a_mistake_is_named_with_its_place(data, message):
    with pytest.raises(GraphError) as caught:
        graphs_from_json(data)
    assert str(caught.value).startswith(message)
    with pytest.raises(GraphError, match=r"^my\.json: |^my\.json has no graph"):
        graphs_from_json(data, "my.json")


@pytest.mark.parametrize("data", [data for data, _ in MISTAKES])
def test_the_schema_refuses_it_too(data):
    assert not schema_accepts(data)


@pytest.mark.parametrize("data", [data for data, _ in ONLY_THE_READER[:5]])
def test_the_reader_knows_more_than_a_schema_can_say(data):
    assert schema_accepts(data)


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(graph_schema())


leaves = st.sampled_from([None, True, False, 0, 1, 2, 1.0, 0.5, -1, 0.25, "", " ", "sky", "on", [], {}])
parts = st.one_of(leaves, st.lists(leaves, max_size=4), st.lists(st.lists(leaves, max_size=2), max_size=2))
broken_objects = st.one_of(
    leaves,
    st.dictionaries(
        st.sampled_from(["name", "text", "attributes", "quantity", "box", "mask", "pin", "seed", "colour"]),
        parts,
        max_size=3,
    ),
)
rows = st.one_of(leaves, st.tuples(leaves, leaves, leaves).map(list))
documents = st.fixed_dictionaries(
    {"objects": st.one_of(leaves, st.lists(broken_objects, max_size=3))},
    optional={"relationships": st.one_of(leaves, st.lists(rows, max_size=2)), "text": leaves, "seed": leaves},
)


@given(documents)
def test_what_the_reader_accepts_the_schema_accepts_and_the_rest_of_the_difference_is_known(data):
    beyond = ("greater than", "is not one of", "as many as there are rows")
    try:
        graphs_from_json(data)
    except GraphError as error:
        assert not schema_accepts(data) or any(words in str(error) for words in beyond)
    else:
        assert schema_accepts(data)


def test_a_whole_number_may_be_written_with_a_point():
    objects = ["a", {"name": "b", "quantity": 2.0, "seed": 12.0}]
    graph = graph_from_json({"objects": objects, "relationships": [[0.0, "on", 1.0]]})
    assert (graph.objects[1].quantity, graph.objects[1].seed) == (2, 12)
    assert graph.relationships == (Relationship(0, "on", 1),)
    assert isinstance(graph.relationships[0].subject, int)


def test_where_a_graph_came_from_may_stand_beside_it():
    beside = {"text": "a sky", "seed": 7, "weights": "default", "account": {"words": []}}
    assert graph_from_json({"objects": ["sky"], **beside}) == graph_from_json({"objects": ["sky"]})
    assert schema_accepts({"objects": ["sky"], **beside})


@pytest.mark.parametrize("path", [*GOLDEN.glob("*.json")], ids=lambda path: path.stem)
def test_files_of_the_original_project_are_read(path):
    graphs = load_graphs(path)
    data = json.loads(path.read_text())
    assert [[item.name for item in graph.objects] for graph in graphs] == [entry["objects"] for entry in data]
    assert schema_accepts(data)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared graphs are not beside the checkout")
def test_all_shared_graphs_load():
    assert all(load_graphs(path) for path in SHARED.glob("*.json"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"objects": [', "is not JSON"),
        (b"", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"objects": [' + b"1" * 5000 + b"]}", "is not JSON"),
        ('{"objects": ["caf\xe9"]}'.encode("latin-1"), "is not text in UTF-8"),
        (b'{"objects": [{"name": "a", "box": [NaN, 0, 1, 1]}]}', "objects[0].box[0]: must be a number"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path, content, message):
    path = tmp_path / "mine.json"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_graphs(path)
    assert str(caught.value).startswith(str(path))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_file_and_no_file_at_all(tmp_path):
    with pytest.raises(InputError, match="There is no file"):
        load_graphs(tmp_path / "none.json")
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        load_graphs(tmp_path)


def test_a_byte_order_mark_does_not_matter(tmp_path):
    path = tmp_path / "mine.json"
    path.write_bytes(b'\xef\xbb\xbf{"objects": ["sky"]}')
    assert load_graphs(path) == read_graphs('{"objects": ["sky"]}', "it")


@pytest.mark.parametrize(
    ("graph", "place"),
    [
        ({"objects": ["zz\ud800"]}, r"objects\[0\]"),
        ({"objects": [{"text": "a\udfffb"}]}, r"objects\[0\].text"),
        ({"objects": [{"name": "car", "attributes": ["\udc00"]}]}, r"objects\[0\].attributes"),
        ({"objects": ["car", "road"], "relationships": [[0, "zz\ud800", 1]]}, r"relationships\[0\]"),
    ],
)
def test_half_of_a_character_is_refused(graph, place):
    text = json.dumps(graph)
    with pytest.raises(GraphError, match=f"{place}: holds half of a character"):
        read_graphs(text, "graph.json")
    whole = json.loads(
        json.dumps(graph).replace("\\ud800", "\\ud83d\\ude97").replace("\\udfff", "e").replace("\\udc00", "e")
    )
    assert graphs_from_json(whole)
