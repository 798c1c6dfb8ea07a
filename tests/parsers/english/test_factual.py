"""How the open graphs compare with those that people drew for FACTUAL's captions."""

import csv
import re
from pathlib import Path

import pytest

from sg2im_parsers.english.open_graph import open_json
from sg2im_parsers.english.parser import SceneGraphParser
from sg2im_parsers.english.pipeline import load_pipeline

DEV = Path(__file__).parents[4] / "shared" / "captions" / "factual_dev.csv"
REQUIRED = {None: (67, 75), "factual": (71, 78)}
"""Set match and F1 in percent, in the captions' own words and by the conventions of those who drew the graphs."""


def gold(graph):
    parts = (part.strip(" ()").split(" , ") for part in re.split(r"\)\s*,\s*\(", graph.strip()))
    return {tuple(field.strip() for field in fields) for fields in parts if len(fields) == 3}


def predicted(graph):
    names = [thing["text"] for thing in graph["objects"]]
    found = {(names[s], predicate, names[o]) for s, predicate, o in graph["relationships"]}
    for thing in graph["objects"]:
        found |= {(thing["text"], "is", said) for said in thing["attributes"]}
        if thing["quantity"]:
            found.add((thing["text"], "is", str(thing["quantity"])))
    return found


@pytest.mark.skipif(not DEV.exists(), reason="the FACTUAL captions are not here; they are no part of the project")
@pytest.mark.parametrize("conventions", REQUIRED)
def test_most_captions_get_exactly_the_graph_that_people_drew(conventions):
    set_match, f1 = REQUIRED[conventions]
    with DEV.open(encoding="utf8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    parsed = SceneGraphParser(load_pipeline(), conventions).pipe(row["caption"] for row in rows)
    graphs = [(gold(row["scene_graph"]), predicted(open_json(found))) for row, found in zip(rows, parsed, strict=True)]
    assert 100 * sum(right == told for right, told in graphs) / len(graphs) >= set_match
    hits = sum(len(right & told) for right, told in graphs)
    assert 200 * hits / sum(len(right) + len(told) for right, told in graphs) >= f1
