"""Which pipeline reads the sentences, and what the embedded one must know of captions."""

import subprocess
import sys

import pytest

from sg2im_errors import InputError
from sg2im_parsers.english.pipeline import EMBEDDED, import_spacy, label_scheme, load_pipeline, with_whole_words

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def nlp():
    return load_pipeline()


def heads(doc):
    """As "dependent <-label- head", for everything but the root."""
    return {f"{token.text} <-{token.dep_}- {token.head.text}" for token in doc if token.head is not token}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("man riding bike", {"riding <-acl- man", "bike <-obj- riding"}),
        ("a boat floating on a river", {"floating <-acl- boat", "river <-obl- floating", "on <-case- river"}),
        (
            "The dog is sleeping on a couch.",
            {"dog <-nsubj- sleeping", "couch <-obl- sleeping", "is <-aux- sleeping"},
        ),
        ("a field surrounded by trees", {"surrounded <-acl- field", "trees <-obl:agent- surrounded"}),
        ("the man's hat", {"man <-nmod:poss- hat", "'s <-case- man"}),
        ("the cat is under the table", {"cat <-nsubj- table", "is <-cop- table", "under <-case- table"}),
        ("a dog that chases a cat", {"chases <-acl:relcl- dog", "cat <-obj- chases"}),
        ("two red buses", {"two <-nummod- buses", "red <-amod- buses"}),
        ("cup of coffee", {"coffee <-nmod- cup", "of <-case- coffee"}),
        ("a dog and a cat", {"cat <-conj- dog", "and <-cc- cat"}),
        ("a traffic light", {"traffic <-compound- light"}),
    ],
)
def test_it_parses_captions(nlp, text, expected):
    assert expected <= heads(nlp(text))


def test_it_tags_a_caption_in_the_penn_treebanks_tags(nlp):
    doc = nlp("three women holding umbrellas near a parked car")
    assert [token.tag_ for token in doc] == ["CD", "NNS", "VBG", "NNS", "IN", "DT", "VBN", "NN"]


@pytest.mark.parametrize(
    ("text", "lemmas"),
    [
        ("two sheep on a hill", "two sheep on a hill"),
        ("three men and women", "three man and woman"),
        ("buses with knives", "bus with knife"),
        ("children riding bikes", "child ride bike"),
        ("people sitting and lying", "people sit and lie"),
        ("giraffes and zebras eating grass", "giraffe and zebra eat grass"),
        ("boys with skateboards and a frisbee", "boy with skateboard and a frisbee"),
        ("a man wearing pants and glasses", "a man wear pants and glasses"),
        ("The dogs are running.", "the dog be run ."),
    ],
)
def test_it_knows_the_lemmas_of_caption_words(nlp, text, lemmas):
    assert " ".join(token.lemma_ for token in nlp(text)) == lemmas


def test_it_finds_where_sentences_end(nlp):
    doc = nlp("A car is on the street. The street is besides the buildings.")
    assert [len(sentence) for sentence in doc.sents] == [7, 7]


@pytest.mark.parametrize("text", ["", " ", "\n", "a  dog\t\n ", "🐕", "...", "a" * 5000])
def test_it_reads_whatever_a_person_types_without_a_warning(nlp, text):
    assert nlp(text).text == text


def test_a_text_parses_alike_alone_and_in_a_batch(nlp):
    texts = ["a dog on a bed", "", "two cats beside a tree and a bench", "sky"]
    for text, together in zip(texts, nlp.pipe(texts, batch_size=2), strict=True):
        alone = nlp(text)
        assert [(t.tag_, t.dep_, t.head.i, t.lemma_) for t in alone] == [
            (t.tag_, t.dep_, t.head.i, t.lemma_) for t in together
        ]


def test_it_is_small_enough_to_ship():
    assert sum(path.stat().st_size for path in EMBEDDED.rglob("*") if path.is_file()) <= 10 * MEGABYTE


def test_its_scheme_is_universal_dependencies_and_it_is_loaded_once(nlp):
    assert label_scheme(nlp) == "ud"
    assert load_pipeline() is nlp


def test_loading_it_imports_no_torch_and_leaves_torch_importable():
    pytest.importorskip("torch")
    code = """
import sys
from sg2im_parsers.english.pipeline import load_pipeline
load_pipeline()("a dog")
assert "torch" not in sys.modules, "torch was imported"
import torch
assert torch.zeros(1) == 0
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_loading_it_leaves_spacys_own_commands_to_whoever_uses_them():
    code = """
import sys
from sg2im_parsers.english.pipeline import load_pipeline
load_pipeline()("a dog")
assert "spacy.cli" not in sys.modules, "spaCy's commands were imported"
import spacy
assert spacy.info()["spacy_version"] == spacy.__version__
assert callable(spacy.cli.download)
from spacy.cli import app, info
assert info is spacy.info
assert "weasel" in sys.modules
assert not hasattr(spacy, "nothing")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_it_is_what_spacy_loads_and_parses_alike():
    """Only quicker: without English's tokenizer first, and with numpy's matrix products."""
    from thinc.api import NumpyOps

    nlp, plain = load_pipeline.__wrapped__(None), with_whole_words(import_spacy().load(EMBEDDED))
    assert nlp.config == plain.config
    same = nlp.to_bytes() == plain.to_bytes()
    assert same  # not compared in the assertion: a difference of megabytes takes pytest minutes to show
    texts = ["The man isn't riding a horse in front of 3 houses.", "a dog, a cat & two birds on the left", "U.S. flag"]
    for one, other in zip(nlp.pipe(texts), plain.pipe(texts), strict=True):
        assert one.to_json() == other.to_json()
    kinds = {type(node.ops) for node in plain.get_pipe("tok2vec").model.walk()}
    by_numpy = {getattr(node.ops, "use_blis", None) for node in nlp.get_pipe("tok2vec").model.walk()}
    assert kinds != {NumpyOps} or by_numpy == {False}


@pytest.mark.parametrize("failure", ["ImportError", "ValueError"])
def test_torch_stays_importable_when_spacy_cannot_be_imported(failure, tmp_path):
    (tmp_path / "spacy.py").write_text(f"raise {failure}('broken')\n", encoding="utf8")
    code = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
from sg2im_parsers.english.pipeline import import_spacy
try:
    import_spacy()
except {failure}:
    assert "torch" not in sys.modules
else:
    raise AssertionError("the broken spaCy was not met")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def saved(tmp_path):
    """Save a small pipeline with the components and parser labels given; return its path."""

    def save(*components, labels=("nsubj", "obj", "obl", "case"), lang="en") -> str:
        pipeline = import_spacy().blank(lang)
        for component in components:
            pipeline.add_pipe(component)
        if "parser" in components:
            for label in labels:
                pipeline.get_pipe("parser").add_label(label)
        pipeline.to_disk(tmp_path / "pipeline")
        return str(tmp_path / "pipeline")

    return save


def test_the_scheme_shows_in_the_parsers_labels():
    pipeline = import_spacy().blank("en")
    parser = pipeline.add_pipe("parser")
    for label in ("nsubj", "dobj", "prep", "pobj"):
        parser.add_label(label)
    assert label_scheme(pipeline) == "clearnlp"


@pytest.mark.parametrize("name", ["en_core_web_absent", "./no/such/folder", ""])
def test_an_unknown_name_says_what_to_do(name):
    with pytest.raises(InputError, match=r"No spaCy pipeline named .* leave --nlp out"):
        load_pipeline(name)


def test_a_folder_that_holds_no_pipeline_is_named(tmp_path):
    with pytest.raises(InputError, match=rf"'{tmp_path}' cannot be loaded"):
        load_pipeline(str(tmp_path))


def test_missing_components_are_all_named(saved):
    with pytest.raises(InputError, match="has no tagger and no parser and no lemmatizer"):
        load_pipeline(saved("sentencizer"))


def test_another_language_is_refused(saved):
    with pytest.raises(InputError, match="is for the language 'de'"):
        load_pipeline(saved("sentencizer", lang="de"))


def test_labels_of_no_known_scheme_are_refused(saved):
    path = saved("tagger", "parser", "trainable_lemmatizer", labels=("SB", "OA"))
    with pytest.raises(InputError, match="neither Universal Dependencies nor ClearNLP"):
        load_pipeline(path)


def test_the_embedded_pipeline_can_be_named_by_its_path(nlp):
    by_path = load_pipeline(str(EMBEDDED))
    assert heads(by_path("a dog on a bed")) == heads(nlp("a dog on a bed"))
