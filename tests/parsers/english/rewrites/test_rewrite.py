"""Each rewrite does what its examples say, and only it does; the list is in an order that each can live with."""

from copy import deepcopy
from dataclasses import fields, replace

import pytest

from sg2im_parsers.english.parser import SceneGraphParser, parse_tree, read_tree
from sg2im_parsers.english.pipeline import load_pipeline
from sg2im_parsers.english.rewrites.order import REWRITES
from sg2im_parsers.english.rewrites.rewrite import Example, Rewrite, RewriteError, listed, rewrite
from sg2im_parsers.english.tree import Tree
from sg2im_parsers.english.word_lists import packaged_phrasebook
from tests.parsers.trees import doc, statements

EXAMPLES = [(each, example) for each in REWRITES for example in each.examples]
NOTHING = Rewrite(name="a", says="Does nothing.", apply=lambda tree, book: None, examples=(Example("a dog", ("dog",)),))


def read(example):
    return load_pipeline()(example.text) if example.tree is None else doc(example.tree)


@pytest.mark.parametrize(("each", "example"), EXAMPLES, ids=[f"{each.name}: {e.text}" for each, e in EXAMPLES])
def test_a_rewrite_changes_what_its_examples_say(each, example):
    tree, things = read_tree(read(example))
    with_it = statements(parse_tree(tree, things))
    without = statements(parse_tree(*read_tree(read(example), [other for other in REWRITES if other is not each])))
    assert each.name in tree.rewrites
    assert set(example.gives) <= with_it - without
    assert set(example.instead) <= without - with_it


def test_the_list_is_checked():
    listed(NOTHING, replace(NOTHING, name="b", after=("a",)))
    with pytest.raises(RewriteError, match="two rewrites named 'a'"):
        listed(NOTHING, NOTHING)
    with pytest.raises(RewriteError, match="'b' must come after 'c'"):
        listed(NOTHING, replace(NOTHING, name="b", after=("a", "c")), replace(NOTHING, name="c"))
    for examples in ((), (Example("a dog"),)):
        with pytest.raises(RewriteError, match="'a' has no example"):
            listed(replace(NOTHING, examples=examples))


@pytest.mark.parametrize("each", REWRITES, ids=lambda each: each.name)
def test_each_is_told_in_one_sentence(each):
    assert each.says.endswith(".")
    assert each.says.count(". ") == 0


def test_what_changed_nothing_is_not_told():
    (parsed,) = SceneGraphParser(load_pipeline()).pipe(["a dog"])
    assert parsed.rewrites == ()
    (parsed,) = SceneGraphParser(load_pipeline()).pipe(["Please draw two dogs in front of a house"])
    assert parsed.rewrites == ("numbers", "prepositions")


@pytest.mark.parametrize(
    "change",
    [
        lambda tree: tree.attach(0, 0, "ROOT"),
        lambda tree: tree.remove(0),
        lambda tree: tree.tags.__setitem__(1, "JJ"),
        lambda tree: tree.lemmas.__setitem__(1, "puppy"),
        lambda tree: tree.labels.__setitem__(0, "amod"),
        lambda tree: tree.denied.add(1),
    ],
)
def test_every_change_of_a_tree_is_seen(change):
    tree = Tree.from_doc(doc("a/DT/det/1 dog/NN/ROOT/1"))
    changing = replace(NOTHING, name="b", apply=lambda tree, book: change(tree))
    rewrite(tree, packaged_phrasebook(), [NOTHING, changing, NOTHING])
    assert tree.rewrites == ("b",)


@pytest.mark.parametrize("example", [example for _, example in EXAMPLES], ids=lambda example: example.text)
def test_a_rewrite_is_told_just_if_anything_in_the_tree_changed(example):
    tree = Tree.from_doc(read(example))
    for each in REWRITES:
        before = deepcopy(tree)
        rewrite(tree, packaged_phrasebook(), [each])
        same = [getattr(tree, f.name) == getattr(before, f.name) for f in fields(Tree) if f.name != "rewrites"]
        assert bool(tree.rewrites) == (not all(same))
