"""Stories: what each line does to the scene."""

import pytest

from sg2im_cli.data.relations import SPOKEN_RELATIONS
from sg2im_errors import InputError
from sg2im_parsers.english.parser import SceneGraphParser
from sg2im_parsers.english.pipeline import load_pipeline
from sg2im_parsers.grounding.graph import ground_graph
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject
from sg2im_parsers.stories.alignment import keep_layout, keep_seeds, pair_objects
from sg2im_parsers.stories.lines import read_lines
from sg2im_parsers.stories.story import NOTHING_NEW, read_story, scenes_of
from sg2im_parsers.vocabulary import Vocabulary

THINGS = ("sheep", "dog", "boat", "car", "person", "zebra", "bench")
STUFF = ("grass", "tree", "sea", "sky", "road")


@pytest.fixture(scope="module")
def words():
    return Vocabulary.from_names((*THINGS, *STUFF), SPOKEN_RELATIONS, STUFF)


@pytest.fixture(scope="module")
def read(words):
    parser = SceneGraphParser(load_pipeline())
    return lambda *lines, **options: read_story("\n".join(lines), parser, words, **options)


def names(scene):
    return [item.name for item in scene.graph.objects]


def told(scene):
    return {f"{r.subject} {r.predicate} {r.object}" for r in scene.graph.relationships}


@pytest.mark.parametrize(
    ("line", "kind", "said"),
    [
        ("a sheep on grass", "scene", "a sheep on grass"),
        ("there is a boat on the sea", "scene", "there is a boat on the sea"),
        ("next to the bench stands a dog", "scene", "next to the bench stands a dog"),
        ("And a tree behind it", "addition", "a tree behind it"),
        ("add a boat", "addition", "a boat"),
        ("and now, also a boat", "addition", "a boat"),
        ("now there is a boat", "addition", "there is a boat"),
        ("there are also two dogs", "addition", "two dogs"),
        ("there is another dog", "addition", "there is another dog"),
        ("the sheep is behind the tree", "addition", "the sheep is behind the tree"),
        ("they are on the road", "addition", "they are on the road"),
        ("without the tree", "removal", "the tree"),
        ("and now remove the tree", "removal", "the tree"),
        ("the tree is gone.", "removal", "the tree"),
        ("no people", "removal", "people"),
        ("get rid of the tree", "removal", "the tree"),
        ("a man makes the bed", "scene", "a man makes the bed"),
        ("change machines by the road", "scene", "change machines by the road"),
        ("replace the boat with a car", "replacement", "the boat"),
    ],
)
def test_what_kind_of_line_it_is(line, kind, said):
    (found,) = read_lines(line)
    assert (found.kind, found.said) == (kind, said)


def test_comments_and_blank_lines_are_passed_over_and_counted():
    lines = read_lines("# a story\n\n  a sheep on grass  \n\t# more\nand a tree\n")
    assert [(line.number, line.text) for line in lines] == [(3, "a sheep on grass"), (5, "and a tree")]


def test_the_papers_figure_6_as_a_story(read):
    scenes = read("a sheep on grass", "and another sheep beside it", "and a tree behind it", "add a boat on the sea")
    assert names(scenes[-1]) == ["sheep", "grass", "sheep", "tree", "boat", "sea"]
    assert told(scenes[2]) == {"0 on 1", "2 beside 0", "3 behind 2"}
    assert [scene.kept for scene in scenes[:3]] == [(None, None), (0, 1, None), (0, 1, 2, None)]
    assert all(not scene.moved and not scene.account.dropped and not scene.account.remarks for scene in scenes)


def test_the_means_what_is_there_and_a_means_another(read):
    scenes = read("a sheep on grass", "and a sheep", "the sheep is on the road", "and a bench on grass")
    assert names(scenes[1]) == ["sheep", "grass", "sheep"]
    assert names(scenes[2]) == ["sheep", "grass", "sheep", "road"]
    assert told(scenes[2]) == {"0 on 1", "2 on 3"}  # what was spoken of last
    assert names(scenes[3]) == ["sheep", "grass", "sheep", "road", "bench"]  # there is one grass
    assert told(scenes[3]) == {"0 on 1", "2 on 3", "4 on 1"}


def test_what_is_said_last_of_two_holds_and_moves_the_first(read):
    scenes = read("a sheep behind a tree", "the sheep is left of the tree", "it is left of the tree")
    assert told(scenes[1]) == {"0 left of 1"}
    assert (scenes[1].kept, scenes[1].moved) == ((0, 1), {0})
    assert (told(scenes[2]), scenes[2].moved) == ({"0 left of 1"}, frozenset())
    assert scenes[2].account.remarks == (NOTHING_NEW,)


def test_groups_are_meant_together(read):
    scenes = read("two dogs on grass", "they are behind a boat", "the dogs are left of a car")
    assert names(scenes[1]) == ["dog", "dog", "grass", "boat"]
    assert told(scenes[1]) == {"0 on 2", "1 on 2", "0 behind 3", "1 behind 3"}
    assert told(scenes[2]) - told(scenes[1]) == {"0 left of 4", "1 left of 4"}
    short = read("a dog on grass", "the two dogs are behind a boat")[1]
    assert names(short) == ["dog", "grass", "boat"]
    assert short.account.remarks == ("Of 'dogs' there are 1 in the scene.",)


def test_taking_away(read):
    start = "two dogs and a sheep on grass beside a tree"
    assert names(read(start, "without the sheep")[1]) == ["dog", "dog", "grass", "tree"]
    assert names(read(start, "remove the dog")[1]) == ["dog", "sheep", "grass", "tree"]
    assert names(read(start, "no dogs")[1]) == ["sheep", "grass", "tree"]
    assert names(read(start, "remove the sheep on the grass")[1]) == ["dog", "dog", "grass", "tree"]
    scene = read("a sheep on grass under the sky", "the grass is gone")[1]
    assert (names(scene), told(scene), scene.kept) == (["sheep", "sky"], {"0 under 1"}, (0, 2))
    assert names(read("a dog", "and a boat", "remove it")[2]) == ["dog"]


def test_one_thing_for_another_takes_over_what_was_said(read):
    scene = read("a zebra on grass under the sky", "replace the zebra with a sheep")[1]
    assert (names(scene)[0], scene.kept[0]) == ("sheep", None)
    assert told(scene) == told(read("a zebra on grass under the sky")[0])


def test_a_new_sentence_is_a_new_scene_with_what_both_have(read):
    scene = read("a boat on the sea under the sky", "a sheep on grass under the sky")[1]
    assert names(scene) == ["sheep", "grass", "sky"]
    assert (scene.kept, scene.moved) == ((None, None, 2), frozenset())


def test_pronouns_are_accounted_for_as_they_were_written(read):
    scene = read("a sheep on grass", "and a big tree behind it, under the sky")[1]
    entries = {entry.word: entry for entry in scene.account.words}
    assert (entries["it"].becomes, entries["it"].rule) == ("sheep", "said before")
    said = "a big tree behind it, under the sky"
    assert all(said[entry.start :].startswith(word) for word, entry in entries.items())
    assert [entry.word for entry in scene.account.dropped] == ["big"]


def test_persons_are_he_and_she(read):
    scene = read("a person on the road", "and a car beside him")[1]
    assert told(scene) == {"0 on 1", "2 beside 0"}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("# nothing", ""), "no line describes a scene"),
        (("without a sheep",), "line 1: there is nothing yet to take away"),
        (("a sheep", "", "without the boat"), "line 3: there is no 'boat' in the scene; it has sheep."),
        (("a sheep", "without the sheep"), "line 2: this takes away all that there is"),
        (("a sheep", "and a unicorn"), "line 2: This model cannot draw 'unicorn'"),
        (("a sheep", "and quickly"), "line 2: No object was found"),
        (("a sheep", "replace the sheep with a boat and a car"), "line 2: one thing can replace another"),
        (("a sheep", "replace the boat with a car"), "line 2: there is no 'boat' in the scene"),
        (("a sheep", "", "move the sheep to the left"), "line 3: a story cannot move things; say how it is"),
        (("a sheep", "now make it bigger"), "line 2: a story cannot make things; say how it is"),
    ],
)
def test_mistakes_are_named_with_their_line(read, lines, message):
    with pytest.raises(InputError) as error:
        read(*lines)
    assert str(error.value).startswith(message)


def test_strict_refuses_a_word_that_is_dropped_but_no_pronoun(read):
    assert len(read("a sheep on grass", "and a tree behind it", strict=True)) == 2
    with pytest.raises(InputError, match="line 2: --strict keeps every word, but 'big' would be dropped"):
        read("a sheep on grass", "and a big tree behind it", strict=True)


def test_graphs_are_scenes_and_what_is_unknown_is_left_out(words):
    first = SceneGraph(tuple(SceneObject(name=n) for n in ("car", "street", "line")), (Relationship(0, "on", 1),))
    second = SceneGraph(
        tuple(SceneObject(name=n) for n in ("bus", "car", "street")),
        (Relationship(1, "on", 2), Relationship(1, "left of", 2)),
    )
    scenes = scenes_of([first, second], words)
    assert [names(scene) for scene in scenes] == [["car", "road"], ["car", "road"]]
    assert scenes[0].account.remarks == ("Left out, as the weights do not know them: line.",)
    assert (scenes[1].kept, scenes[1].moved) == ((0, 1), {0})
    with pytest.raises(InputError, match="do not know 'line'"):
        scenes_of([first], words, strict=True)
    with pytest.raises(InputError, match="do not know 'line'"):
        scenes_of([SceneGraph((SceneObject(name="line"),))], words)


def test_objects_of_a_name_are_paired_in_their_order():
    def graph(*names):
        return SceneGraph(tuple(SceneObject(name=name) for name in names))

    assert pair_objects(graph("a", "b", "a", "a"), graph("b", "a", "a")) == (1, 0, 2, None)


def test_what_a_graph_gives_itself_goes_before_what_it_keeps():
    box, other, mask = (0.0, 0.0, 0.5, 0.5), (0.5, 0.5, 1.0, 1.0), ((1.0,),)
    before = SceneGraph(tuple(SceneObject(name=name, box=box, mask=mask) for name in "abc"))
    graph = SceneGraph((SceneObject(name="a", box=other), SceneObject(name="b"), SceneObject(name="c")))
    kept = keep_layout(graph, before, moved=frozenset({1}))
    assert [(item.box, item.mask) for item in kept.objects] == [(other, mask), (None, mask), (box, mask)]


def test_what_stays_keeps_its_seed_also_where_it_moves():
    before = SceneGraph(tuple(SceneObject(name=name, box=(0, 0, 1, 1), seed=i) for i, name in enumerate("abc")))
    graph = SceneGraph((*(SceneObject(name=name) for name in "cdb"), SceneObject(name="a", seed=9)))
    for kept in (keep_layout(graph, before, moved=frozenset({0})), keep_seeds(graph, before)):
        assert [item.seed for item in kept.objects] == [2, None, 1, 9]
    assert all(item.box is None for item in keep_seeds(graph, before).objects)


def test_a_seed_is_the_first_of_several(words):
    graph = ground_graph(SceneGraph((SceneObject(name="sheep", quantity=3, seed=5),)), words)
    assert [item.seed for item in graph.objects] == [5, None, None]
