"""``sg2im parse --tree`` as a person sees it."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from sg2im_cli.cli.display.parse_tree import DEEPEST, LINES, branches, show_explanation
from sg2im_parsers.english.explanation import Edge, Explanation, Token, explain
from sg2im_parsers.english.parsed_text import ParsedText, Word
from sg2im_parsers.english.pipeline import load_pipeline
from sg2im_parsers.graph_json import graph_from_json
from sg2im_parsers.scene_graph import SceneGraph

LONG = (
    "Please draw three brown dogs standing in front of a t-shirt shop next to a woman who is holding an umbrella in "
    "her left hand, and behind her there is a snow covered mountain with a couple of trees on top of it"
)
GOLDEN = """\
Tree, as the pipeline parsed it
word      tag  label  the rules saw
dog       NN   ROOT
├ a       DT   det
├ brown   JJ   amod
└ front   NN   nmod   joined to 'car'
  ├ in    IN   case   joined to 'car'
  └ car   NN   nmod   nmod of 'dog'
    ├ of  IN   case   joined to 'car'
    └ a   DT   det
"""


def shown(explanation: Explanation, **settings: object) -> str:
    stream = io.StringIO()
    show_explanation(Console(file=stream, highlight=False, **settings), explanation)
    return stream.getvalue()


def plain_lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines()]


def test_a_tree_in_full(sg2im):
    done = sg2im("parse", "a brown dog in front of a car", "--tree", "--open")
    assert plain_lines(done.out)[:10] == GOLDEN.splitlines()


@pytest.mark.parametrize("settings", [{}, {"force_terminal": True}])
def test_eighty_columns_hold_it_and_only_terminals_get_colours(settings):
    text = shown(explain(load_pipeline(), LONG), width=80, **settings)
    assert ("\x1b[" in text) == bool(settings)
    if not settings:
        assert max(map(len, text.splitlines())) <= 80


def test_every_word_that_is_read_is_drawn_once_below_its_head():
    found = explain(load_pipeline(), LONG)
    drawn = [place for place, _ in branches(found, LINES)]
    assert sorted(drawn) == [place for place, token in enumerate(found.tokens) if token.given is not None]
    for place in drawn:
        edge = found.tokens[place].given
        assert edge is not None
        assert edge.head is None or drawn.index(edge.head) < drawn.index(place)


def test_a_tree_deeper_than_any_recursion_is_drawn_in_narrow_branches():
    words = tuple(Word("dog", "dog", "NN", 4 * i, True) for i in range(5000))
    edges = [Edge("NN", "nmod", i - 1 if i else None) for i in range(5000)]
    deep = Explanation(ParsedText("", words, SceneGraph(), (), (), ()), tuple(Token(edge, edge) for edge in edges))
    assert max(len(branch) for _, branch in branches(deep, LINES)) == DEEPEST
    assert shown(deep, width=80).count("dog") == 5000


def test_where_the_terminal_has_only_ascii():
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    show_explanation(Console(file=stream, width=80), explain(load_pipeline(), "a dog on a bed"))
    stream.seek(0)
    assert "` bed" in stream.read()


def test_rules_attributes_and_words_that_are_not_read(sg2im):
    lines = plain_lines(sg2im("parse", "Please draw a brown dog on a bed", "--tree", "--open").out)
    assert "Not read: 'Please', 'draw'." in lines
    rows = [" ".join(line.split()) for line in lines]
    assert any(row.startswith("dog | on | bed preposition A noun and the noun of its") for row in rows)
    assert "dog brown 'brown' (amod of 'dog')" in rows


def test_json_has_the_tree_only_if_it_is_asked_for(sg2im, tiny_bundle):
    for words in (["--open"], ["--weights", tiny_bundle]):
        plain = json.loads(sg2im("parse", "a dog on a bench", "--json", *words).out)
        data = json.loads(sg2im("parse", "a dog on a bench", "--json", "--tree", *words).out)
        tree = data.pop("tree")
        assert data == plain
        assert [(t["text"], t["tag"], t["label"], t["head"]) for t in tree["tokens"]] == [
            ("a", "DT", "det", 1),
            ("dog", "NN", "ROOT", None),
            ("on", "IN", "case", 4),
            ("a", "DT", "det", 4),
            ("bench", "NN", "nmod", 1),
        ]
        assert [(r["subject"], r["rule"], r["object"]) for r in tree["relationships"]] == [
            ("dog", "preposition", "bench")
        ]
    assert len(graph_from_json({**data, "tree": tree}).objects) == 2


def test_a_text_without_objects_shows_its_tree_and_is_refused(sg2im):
    done = sg2im("parse", "quickly", "--tree", "--open")
    assert (done.code, "No object was found" in done.err) == (2, True)
    assert "quickly  RB" in done.out


def test_one_sentence_at_a_time(sg2im):
    done = sg2im("parse", "--tree", "--jsonl", "--file", "captions.txt")
    assert done.code == 2
    assert "--tree goes with one sentence, not with --file." in done.err


def test_rewrites_that_changed_the_tree_are_told(sg2im):
    out = sg2im("parse", "two dogs in front of a car", "--tree", "--open").out
    assert "Rewrites of the tree" in out
    assert "prepositions  Makes one preposition of several words" in out
    assert "Rewrites" not in sg2im("parse", "a dog on a bed", "--tree", "--open").out
