"""What is read in place of what is written: capitals, one-letter mistakes, and requests before the description.

The pipeline reads "a brown dog" where somebody wrote "PLEASE DRAW A BROWN DGO"; the result speaks of the written words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sg2im_parsers.english.normalization.requests import request
from sg2im_parsers.english.normalization.speech import Spoken, left_out, sentence_starts, spoken
from sg2im_parsers.english.normalization.spelling import guesses
from sg2im_parsers.english.normalization.styles import style_words
from sg2im_parsers.english.parsed_text import ParsedText, Word

if TYPE_CHECKING:
    from spacy.tokens import Doc

MOST_LETTERS, MOST_WORDS = 250_000, 25_000
"""How much of a text is read; it bounds time and memory."""

LITTLE = frozenset({"an", "the", "and", "or", "of", "on", "in", "at", "to", "by", "with", "near", "from", "is", "are"})
LONGEST_REQUEST = 16
"""How many words at the start are searched for a request."""


NO_LANGUAGE = re.compile(
    r"</?[A-Za-z][^<>]{0,200}>|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2190-\u2bff"
    "\ud800-\udfff\ufe00-\ufe0f\ufeff\ufff0-\uffff\U0001f000-\U0010ffff]"
)
"""Markup, control characters, arrows and emoji."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a text is read.

    Attributes:
        text: as given.
        doc: the words that are written, not parsed.
        places: for each word that is read, the position in `doc` of what is written for it.
        words: the words that are read.
        guessed: positions in `doc` -> what a misspelled word was taken for.
        style: positions in `doc` of words that say how the picture is made, without little words and signs.
        as_written: whether all words are read, as they are.
    """

    text: str
    doc: Doc
    places: tuple[int, ...]
    words: tuple[str, ...]
    guessed: dict[int, str]
    style: tuple[int, ...]
    as_written: bool

    @property
    def unread(self) -> int:
        """How many letters at the end of the text are too many."""
        end = self.doc[MOST_WORDS].idx if len(self.doc) > MOST_WORDS else MOST_LETTERS
        return max(0, len(self.text) - end)


def plain(text: str) -> str:
    """The start of a text, with a space for every letter of what is no language; places stay the same."""
    start = text[:MOST_LETTERS]
    return NO_LANGUAGE.sub(lambda found: " " * len(found[0]), start)


def read(text: str, doc: Doc) -> Reading:
    """Decide how the words of a text are read.

    Args:
        text: as given.
        doc: the words of `plain` of it, not parsed.
    """
    written = [token.text for token in (doc if len(doc) <= MOST_WORDS else doc[:MOST_WORDS])]
    lowers = [word.lower() for word in written]
    said = spoken(lowers)
    start = _after_request(lowers, said)
    style = {start + place for place in style_words(written[start:])}
    rest = [place for place in range(start, len(written)) if place not in style]
    told = [place for place in rest if place not in said]
    guessed = {told[at]: word for at, word in guesses([lowers[place] for place in told]).items()}
    words = lowers if _is_shouted(written[start:]) else written
    pairs = _as_read(words, rest, {**said, **{place: (word,) for place, word in guessed.items()}})
    places, taken = (list(column) for column in zip(*pairs, strict=True)) if pairs else ([], [])
    styled = tuple(
        place for place in sorted(style) if lowers[place] not in LITTLE | {"a"} and any(map(str.isalnum, lowers[place]))
    )
    as_written = taken == written and len(written) == len(doc)
    return Reading(text, doc, tuple(places), tuple(taken), guessed, styled, as_written)


def _after_request(lowers: Sequence[str], said: Spoken) -> int:
    """The position of the first word that is no part of a request."""
    pairs = _as_read(lowers, range(min(len(lowers), LONGEST_REQUEST)), said, ends=False)
    asked = request([word for _, word in pairs])
    if asked < len(pairs):
        return pairs[asked][0] if asked else 0
    return pairs[-1][0] + 1 if asked else 0


def _as_read(words: Sequence[str], places: Iterable[int], said: Spoken, ends: bool = True) -> list[tuple[int, str]]:
    """What is read, each word with the position of the written one that it stands for, with full stops that lack."""
    pairs = []
    for place in places:
        for word in said.get(place, (words[place],)):
            if not word.isspace():
                pairs.append((place, word))
            elif word.count("\n") > 1:
                pairs.append((place, "."))
    return _completed(pairs) if ends else pairs


def _completed(pairs: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """With the signs and words that lack, each at the position of the word after it."""
    words = [word.lower() for _, word in pairs]
    lacking = {**left_out(words), **dict.fromkeys(sentence_starts(words), ".")}
    for start in sorted(lacking, reverse=True):
        joined = lacking[start] == "." and words[start - 1] in ("and", "but")
        pairs[start - joined : start] = [(pairs[start - joined][0], lacking[start])]
    return pairs


def to_read(reading: Reading) -> Doc:
    """A Doc of the words that are read, for the pipeline."""
    doc = reading.doc
    if reading.as_written:
        return doc
    spaces = [bool(doc[place].whitespace_) for place in reading.places]
    return type(doc)(doc.vocab, words=list(reading.words), spaces=spaces)


def put_back(parsed: ParsedText, reading: Reading) -> ParsedText:
    """Let a result speak of the words that were written."""
    doc, places = reading.doc, reading.places
    if parsed.text == reading.text:
        return parsed
    spans = [(token.idx, reading.text[token.idx : token.idx + len(token)]) for token in doc[:MOST_WORDS]]
    words = [Word(text, text.lower(), "", start, False) for start, text in spans]
    for place, word in zip(places, parsed.words, strict=True):
        words[place] = replace(word, start=spans[place][0], text=spans[place][1])

    def moved(found: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(places[word] for word in found))

    mentions = tuple(
        replace(
            mention,
            head=places[mention.head],
            name_words=moved(mention.name_words),
            again=moved(mention.again),
            attribute_words=tuple(map(moved, mention.attribute_words)),
            number_words=moved(mention.number_words),
            place_words=moved(mention.place_words),
        )
        for mention in parsed.mentions
    )
    return replace(
        parsed,
        text=reading.text,
        words=tuple(words),
        mentions=mentions,
        relation_words=tuple(map(moved, parsed.relation_words)),
        denied=moved(parsed.denied),
        guesses=tuple(sorted(reading.guessed.items())),
        style=reading.style,
        unread=reading.unread,
    )


def _is_shouted(words: Sequence[str]) -> bool:
    """Whether capitals say nothing: all letters are, or the first ones of all words but little ones, as in titles."""
    if "".join(words).islower():
        return False
    told = [word for word in words if len(word) > 1 and word.isalpha()]
    if told and all(word.isupper() for word in told):
        return True
    if not all(word[0].isupper() or word.lower() in LITTLE for word in told):
        return False
    return sum(word.lower() not in LITTLE for word in told) > 1
