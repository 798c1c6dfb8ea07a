"""``sg2im words``, and ``--strict``, as a person calls them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from sg2im_cli.checkpoint import save_generator
from sg2im_cli.model.generator import Generator
from sg2im_parsers.vocabulary import Vocabulary


def test_every_word_is_listed_and_stuff_is_marked(sg2im, tiny_bundle, vocabulary):
    done = sg2im("words", "--weights", tiny_bundle)
    rows = dict(line.split("\t") for line in done.out.splitlines())
    assert set(rows) == {*vocabulary.object_names, *vocabulary.predicate_names}
    assert {word for word, kind in rows.items() if kind == "stuff"} == vocabulary.stuff
    assert {word for word, kind in rows.items() if kind == "relation"} == set(vocabulary.predicate_names)
    assert (done.code, done.err) == (0, "")


def test_a_vocabulary_that_does_not_say_what_is_stuff(sg2im, small_config, tmp_path):
    words = Vocabulary.from_names(["person", "sky-other", "road"], ["above"])
    model = Generator(small_config, len(words.objects), len(words.predicates))
    save_generator(tmp_path / "plain", model, words, {"recipe": "none", "data": "none"}, "# plain\n")
    out = sg2im("words", "--weights", tmp_path / "plain").out
    assert out.splitlines() == ["person\tobject", "road\tstuff", "sky-other\tstuff", "above\trelation"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("be", ["bed", "bench", "below", "beside", "behind"]),
        ("SKY", ["sky"]),
        ("*s", ["bus"]),
        ("?og", ["dog"]),
        ("of", ["left of", "right of", "in front of"]),
    ],
)
def test_a_pattern(sg2im, tiny_bundle, pattern, expected):
    out = sg2im("words", pattern, "--weights", tiny_bundle).out
    assert [line.partition("\t")[0] for line in out.splitlines()] == expected


def test_words_as_json(sg2im, tiny_bundle):
    rows = json.loads(sg2im("words", "ro", "--json", "--weights", tiny_bundle).out)
    assert rows == [
        {"word": "road", "kind": "stuff"},
        {"word": "around", "kind": "relation"},
        {"word": "in front of", "kind": "relation"},
    ]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("besude", "the nearest are beside"),
        ("qqq", "no word like 'qqq'; leave the pattern out"),
        ("", None),
    ],
)
def test_a_pattern_that_no_word_has(sg2im, tiny_bundle, pattern, message):
    done = sg2im("words", pattern, "--weights", tiny_bundle)
    assert done.code == (2 if message else 0)
    assert (message or "") in done.err
    assert bool(done.out) == (message is None)


@pytest.mark.parametrize(
    ("word", "row"), [("sedan", "car\tobject"), ("freeway", "road\tstuff"), ("alongside", "beside\trelation")]
)
def test_a_word_that_becomes_another_one(sg2im, tiny_bundle, word, row):
    done = sg2im("words", word, "--weights", tiny_bundle)
    assert (done.code, done.out) == (0, f"{row}\n")
    assert f"no word {word!r}; in a sentence it becomes {row.partition(chr(9))[0]!r}" in done.err


def test_weights_that_are_not_there(sg2im):
    done = sg2im("words", "--weights", "./nowhere")
    assert (done.code, done.out) == (2, "")


@pytest.mark.parametrize("arguments", [["words"], ["words", "board"], ["words", "sedan"], ["--help"]])
def test_neither_torch_nor_spacy_is_loaded(arguments):
    """But for a word that no model's word holds, which is read as a sentence is."""
    program = (
        "import sys; from sg2im_cli.cli.app import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(sorted({'torch', 'spacy'} & set(sys.modules)), file=sys.stderr)\n"
        "from sg2im_parsers.grounding.wordnet import packaged_wordnet\n"
        "print(packaged_wordnet.cache_info().currsize, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True)
    loaded, wordnet = done.stderr.splitlines()[-2:]
    assert loaded == ("['spacy']" if "sedan" in arguments else "[]")
    assert wordnet == ("0" if arguments == ["--help"] else "1")


STRICT = "--strict keeps every word, but {} would be dropped; use other words or weights, or leave --strict out."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a red car on the road", "'red'"),
        ("a unicorn pondering a shiny car", "'unicorn', 'pondering', 'shiny'"),
        ("a car on the road", None),
        ("two sedans beside a skyscraper", None),
    ],
)
def test_strict_lets_no_word_go(sg2im, draw, tiny_bundle, files, text, words):
    parsed = sg2im("parse", text, "--strict", "--json", "--weights", tiny_bundle)
    drawn = draw(text, "--strict", "-q", "-o", "a.png")
    for done in (parsed, drawn):
        assert done.code == (2 if words else 0)
        assert (STRICT.format(words) in done.err) == bool(words)
        assert bool(done.out) != bool(words)
    assert files() == ([] if words else ["a.png"])


def test_without_strict_words_may_go(sg2im, tiny_bundle):
    assert sg2im("parse", "a red car", "--weights", tiny_bundle).code == 0


def test_strict_names_the_line_of_a_file(sg2im, tiny_bundle, tmp_path):
    (tmp_path / "captions.txt").write_text("a car on the road\na red car\n")
    done = sg2im("parse", "--strict", "--jsonl", "--file", "captions.txt", "--weights", tiny_bundle)
    assert done.code == 2
    assert f"Line 2: {STRICT.format(repr('red'))}" in done.err


def test_strict_needs_a_models_words(sg2im):
    done = sg2im("parse", "a red car", "--open", "--strict")
    assert done.code == 2
    assert "--open keeps every word anyway" in done.err
