"""The scripts that learn from captions with their graphs, on a few of them."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

TRAINING = Path(__file__).parents[2] / "parsers" / "training"
ROWS = [
    ("a velvet rope near a chair", "( rope , near , chair ) , ( rope , is , velvet )"),
    ("a velvet bag on a bed", "( bag , on , bed ) , ( bag , is , velvet )"),
    ("a velvet coat on a chair", "( coat , on , chair ) , ( coat , is , velvet )"),
    ("a dog near a gizmo", "( dog , beneath , gizmo )"),
    ("a cat near a gizmo", "( cat , beneath , gizmo )"),
    ("a bird near a gizmo", "( bird , beneath , gizmo )"),
]


@pytest.fixture(scope="module")
def captions(tmp_path_factory):
    path = tmp_path_factory.mktemp("captions") / "captions.csv"
    with path.open("w", encoding="utf8", newline="") as lines:
        rows = csv.writer(lines)
        rows.writerow(["caption", "scene_graph"])
        rows.writerows(ROWS)
    return path


def run(script, *arguments):
    command = [sys.executable, str(TRAINING / script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_conventions_are_counted(captions, tmp_path):
    run("conventions.py", captions, tmp_path / "learned.tsv")
    learned = (tmp_path / "learned.tsv").read_text(encoding="utf8").splitlines()
    assert "modifier\tvelvet\tquality\t3\t3" in learned
    assert "relation\t*|near|gizmo\tbeneath\t3\t3" in learned


def test_trees_are_kept_whose_graph_is_the_one_that_people_drew(captions, tmp_path):
    from spacy.tokens import DocBin

    from sg2im_parsers.english.pipeline import load_pipeline

    said = run("silver.py", captions, tmp_path / "silver.spacy", "--rows", 4)
    trees = list(DocBin().from_disk(tmp_path / "silver.spacy").get_docs(load_pipeline().vocab))
    assert f"{len(trees)} of 4 captions" in said
    assert 0 < len(trees) < 4
    assert all(sum(token.head.i == token.i for token in tree) == 1 for tree in trees)


def test_the_pipeline_can_be_trained_on_with_them(captions, tmp_path):
    from sg2im_parsers.english.parser import SceneGraphParser
    from sg2im_parsers.english.pipeline import EMBEDDED, load_pipeline

    trees = tmp_path / "silver.spacy"
    run("silver.py", captions, trees)
    run("adapt.py", EMBEDDED, tmp_path / "adapted", "--source", f"{trees}:20", "--source", f"{trees}:9", "--updates", 1)
    parsed = SceneGraphParser(load_pipeline(str(tmp_path / "adapted")))("a dog on a bed")
    assert [thing.text for thing in parsed.graph.objects] == ["dog", "bed"]


def test_the_grammar_writes_the_same_sentences_for_a_seed_and_each_is_a_tree(tmp_path):
    from spacy.tokens import DocBin

    from sg2im_parsers.english.pipeline import load_pipeline

    vocab = load_pipeline().vocab
    written = []
    for name, seed in (("one", 1), ("same", 1), ("other", 2)):
        run("caption_grammar.py", tmp_path / name, "--sentences", 400, "--seed", seed)
        written.append(list(DocBin().from_disk(tmp_path / name).get_docs(vocab)))
    one, same, other = ([doc.text for doc in docs] for docs in written)
    assert one == same != other
    assert len(set(one)) == 400
    for doc in written[0]:
        assert sum(token.head.i == token.i for token in doc) == 1
        assert all(arc.dep_ != "ROOT" or arc.head.i == arc.i for arc in doc)


def test_the_grammar_agrees_in_number(tmp_path):
    from spacy.tokens import DocBin

    from sg2im_parsers.english.pipeline import load_pipeline

    run("caption_grammar.py", tmp_path / "trees", "--sentences", 400)
    agreements = {(False, "VBZ"), (True, "VBP")}
    for doc in DocBin().from_disk(tmp_path / "trees").get_docs(load_pipeline().vocab):
        for noun in doc:
            if noun.dep_ == "nsubj" and noun.head.tag_ in {"VBZ", "VBP"} and noun.tag_ in {"NN", "NNS"}:
                several = noun.tag_ == "NNS" or any(child.dep_ == "conj" for child in noun.children)
                existential = any(child.dep_ == "expl" for child in noun.head.children)
                assert existential or (several, noun.head.tag_) in agreements, doc.text


def test_rewrites_are_switched_off_one_after_another(captions, tmp_path):
    from sg2im_parsers.english.rewrites.order import REWRITES

    more = tmp_path / "captions.csv"
    more.write_text(captions.read_text(encoding="utf8") + 'two dogs,"( dogs , is , 2 )"\n', encoding="utf8")
    said = run("rewrites.py", more).splitlines()
    assert said[0].startswith("7 captions, set match ")
    rows = {row[1]: row[2:-1] for row in ([cell.strip() for cell in line.split("|")] for line in said[4:])}
    assert list(rows) == [each.name for each in REWRITES]
    assert rows["numbers"][:4] == ["1", "1", "1", "0"]
    assert rows["lists"] == ["0", "0", "0", "0", "+0.00", "+0.00"]
