"""``sg2im words``: what a model can draw."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sg2im_cli.cli import options
from sg2im_cli.cli.streams import print_line, say
from sg2im_errors import InputError
from sg2im_parsers.grounding.lexicon import packaged_lexicon
from sg2im_parsers.grounding.vocabulary_lexicon import VocabularyLexicon
from sg2im_parsers.vocabulary import Vocabulary, as_words

if TYPE_CHECKING:
    from sg2im_parsers.english.parsed_text import ParsedText


LONGEST = 200
"""Letters of a word that is read as a sentence, which takes time."""


def command(
    pattern: Annotated[str | None, typer.Argument(help="Only words that contain this; * and ? may be used.")] = None,
    weights: options.VocabularyOf = "default",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the objects, relations and attributes that a model knows.

    Stuff, such as sky, cannot be counted.

    Example: sg2im words "*board"
    """
    from sg2im_weights import resolve

    vocabulary = Vocabulary.from_json(resolve(weights).config["vocabulary"])
    rows = [row for row in _rows(vocabulary) if pattern is None or matches(row["word"], pattern)]
    if not rows and pattern is not None:
        rows = [row for row in _rows(vocabulary) if row["word"] == becomes(pattern, vocabulary)]
        say(f"These weights have no word {pattern!r}; in a sentence it becomes {rows[0]['word']!r}.")
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        print_line(f"{row['word']}\t{row['kind']}")


def matches(word: str, pattern: str) -> bool:
    """Whether a word holds the pattern, or with * or ? in it equals it; capitals do not matter."""
    word, pattern = word.lower(), pattern.lower()
    return fnmatchcase(word, pattern) if set(pattern) & set("*?") else pattern in word


def listed(vocabulary: Vocabulary) -> list[str]:
    """The objects that can be asked for: a name without a letter cannot."""
    return sorted(name for name in vocabulary.object_names if as_words(name))


def _rows(vocabulary: Vocabulary) -> list[dict[str, Any]]:
    words = VocabularyLexicon(packaged_lexicon(), vocabulary)
    kinds = [(name, "stuff" if words.is_stuff(name) else "object") for name in listed(vocabulary)]
    kinds += [(name, "relation") for name in vocabulary.predicate_names]
    kinds += [(name, "attribute") for name in sorted(vocabulary.attribute_names)]
    return [{"word": word, "kind": kind} for word, kind in kinds]


def becomes(word: str, vocabulary: Vocabulary) -> str:
    """What a word that a model does not know becomes in a sentence, by reading it as one.

    Raises:
        InputError: nothing; the words that are spelled alike are named. Or it is longer than `LONGEST`.
    """
    if len(word) > LONGEST:
        raise InputError(
            f"These weights have no word of {len(word):,} letters; to see what becomes of a sentence, say: sg2im parse."
        )
    from sg2im_parsers.grounding.sentence import ground

    words = VocabularyLexicon(packaged_lexicon(), vocabulary)
    for said in (f"There is a {word}.", word):
        if objects := ground(_read(said), vocabulary, scenes=False).graph.objects:
            return objects[0].name or ""
    if found := words.predicate(word) or words.attribute(word):
        return found.name
    nearest = (vocabulary.nearest_objects, vocabulary.nearest_predicates, vocabulary.nearest_attributes)
    near = dict.fromkeys(name for names in nearest for name in names(word.lower()))
    hint = f"the nearest are {', '.join(near)}" if near else "leave the pattern out to see all"
    raise InputError(f"These weights have no word like {word!r}; {hint}.")


def _read(text: str) -> ParsedText:
    from sg2im_parsers.english.parser import SceneGraphParser
    from sg2im_parsers.english.pipeline import load_pipeline

    return SceneGraphParser(load_pipeline(None))(text)
