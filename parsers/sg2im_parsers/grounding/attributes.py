"""Which of the things that a sentence says of an object a model knows, and what becomes of each word of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from sg2im_parsers.english.parsed_text import Mention, ParsedText
from sg2im_parsers.grounding.account import Status
from sg2im_parsers.grounding.match import Match
from sg2im_parsers.grounding.vocabulary_lexicon import VocabularyLexicon
from sg2im_parsers.scene_graph import SceneObject

UNKNOWING = "this model knows no attributes"
HARDLY = "the text says that it is not quite so"
SKIN = "said of people it is not the colour of what is drawn"


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that is said of an object.

    Attributes:
        words: positions of the words it was made of.
        before: positions of words before them that say how much, or which shade.
        match: the model's attribute; None if it is dropped.
        reason: why it is dropped.
        nearest: attributes that are spelled alike, if that is why.
    """

    words: tuple[int, ...]
    before: tuple[int, ...] = ()
    match: Match | None = None
    reason: str | None = None
    nearest: tuple[str, ...] = ()


class WordStatus(NamedTuple):
    """What becomes of a word; see `sg2im_parsers.grounding.account.WordAccount`."""

    status: Status
    becomes: str | None = None
    rule: str | None = None
    reason: str | None = None
    nearest: tuple[str, ...] = ()


def ground_attributes(
    parsed: ParsedText, words: VocabularyLexicon, index: int, name: str, lost: str | None
) -> tuple[Said, ...]:
    """What is said of one object of a text.

    Args:
        parsed: the text.
        words: of the model.
        index: of the object in the open graph.
        name: the model's word for it.
        lost: why nothing that is said of it is drawn, such as that it is not drawn itself; else None.
    """
    item, mention = parsed.graph.objects[index], parsed.mentions[index]
    if not words.vocabulary.attributes:
        lost = UNKNOWING
    if lost is not None:
        return tuple(Said(group, reason=lost) for group in mention.attribute_words)
    return tuple(_ground(parsed, words, name, item, mention))


def _ground(
    parsed: ParsedText, words: VocabularyLexicon, name: str, item: SceneObject, mention: Mention
) -> Iterator[Said]:
    known, shades = words.lexicon.attributes, _shades(words, item, mention)
    for i, (text, group) in enumerate(zip(item.attributes, mention.attribute_words, strict=True)):
        match = words.attribute(text)
        if i in shades and (match is None or match.rule != "exact"):
            color = words.attribute(item.attributes[i + 1])
            match = color and replace(color, rule="shade")
        before = _before(parsed, words, group)
        if before and parsed.words[before[0]].text.lower() in known.hardly:
            yield Said(group, before, reason=HARDLY)
        elif match is None:
            near = words.vocabulary.nearest_attributes(text)
            yield Said(group, before, reason=f"this model knows no attribute {text!r}", nearest=near)
        elif name in known.people and text in known.skin:
            yield Said(group, before, reason=SKIN)
        else:
            yield Said(group, before, match)


def _shades(words: VocabularyLexicon, item: SceneObject, mention: Mention) -> frozenset[int]:
    """Which attributes say only which kind of a colour the next one is: "the sky is dark blue"."""
    pairs = enumerate(zip(mention.attribute_words, mention.attribute_words[1:], strict=False))
    return frozenset(
        i
        for i, (one, other) in pairs
        if max(one) + 1 == min(other)
        and words.attributes.is_shade(item.attributes[i])
        and words.lexicon.attributes.is_color(item.attributes[i + 1])
    )


def _before(parsed: ParsedText, words: VocabularyLexicon, group: tuple[int, ...]) -> tuple[int, ...]:
    """Words right before an attribute that say how much it is so, or that it is not quite so."""
    known = words.lexicon.attributes
    color = known.is_color(parsed.words[max(group)].text.lower())
    start = min(group)
    while start > 0:
        word = parsed.words[start - 1].text.lower()
        if word in known.hardly:
            return tuple(range(start - 1, min(group)))
        if word not in known.degrees and not (color and word in known.shades):
            break
        start -= 1
    return tuple(range(start, min(group)))


def attribute_statuses(parsed: ParsedText, words: VocabularyLexicon, every: tuple[Said, ...]) -> dict[int, WordStatus]:
    """What becomes of each word of what is said of one object; hyphens are no words."""
    statuses: dict[int, WordStatus] = {}
    for said in every:
        statuses |= {word: _status(said) for word in said.words if parsed.words[word].text != "-"}
    for said in every:
        for word in said.before:
            shade = words.attributes.is_shade(parsed.words[word].text.lower())
            statuses.setdefault(word, _status(said, "shade" if shade else "degree"))
    return statuses


def _status(said: Said, rule: str | None = None) -> WordStatus:
    """Of a word of an attribute, or with a rule of one before it."""
    if said.match is None:
        return WordStatus("dropped", reason=said.reason, nearest=said.nearest)
    if rule is None and said.match.rule == "exact":
        return WordStatus("kept", said.match.name)
    return WordStatus("mapped", said.match.name, rule or said.match.rule)
