"""What the parser found in a text: its words, the open scene graph, and which words made which part of it.

Grounding needs more than the graph (heads of compounds, plurals, vague numbers, words that nothing came of);
it is kept here, beside the graph, as plain values that need no spaCy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sg2im_parsers.scene_graph import SceneGraph

EMOJI = re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]")
MOST_EMOJI = 8
"""In a remark."""


@dataclass(frozen=True, slots=True)
class Word:
    """One token of the text.

    Attributes:
        text: as written.
        lemma: in lower case.
        tag: Penn Treebank tag (``NN``, ``NNS``, ``VBG``, ...).
        start: offset of its first character in the text.
        content: whether a reader would miss it: nouns, verbs, adjectives, adverbs, numbers, prepositions that
            say where. Determiners, auxiliaries, "there is", punctuation are not.
    """

    text: str
    lemma: str
    tag: str
    start: int
    content: bool


@dataclass(frozen=True, slots=True)
class Mention:
    """What the text says of one object of the open graph (same position in `ParsedText.mentions`).

    Attributes:
        head: position in `ParsedText.words` of its head noun.
        name_words: positions of all words of its name, compounds first, head last ("cutting", "boards");
            further mentions of the same object ("the street" said twice) are listed too, in `again`.
        again: positions of words that mention the same object once more.
        attribute_words: for each attribute of the object, positions of the words it was made of.
        number_words: positions of the words that say how many ("two", "several", "a couple of").
        plural: whether the head noun is plural in form.
        amount: how many a sentence asks to draw: 2 for "two", 3 for "several"; None if it does not say.
        place_words: positions of the words that say where in the picture it is ("on the left").
    """

    head: int
    name_words: tuple[int, ...]
    again: tuple[int, ...] = ()
    attribute_words: tuple[tuple[int, ...], ...] = ()
    number_words: tuple[int, ...] = ()
    plural: bool = False
    amount: int | None = None
    place_words: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedText:
    """A text and the scene graph found in it.

    Attributes:
        text: as given.
        words: its tokens.
        graph: objects in the text's own words (`SceneObject.text`), predicates lemmatised ("sit on").
        mentions: one for each object of the graph.
        relation_words: for each relationship of the graph, positions of the words its predicate was made of.
        rules: for each relationship of the graph, the name of the rule that found it.
        rewrites: names of the rewrites that changed the tree before the rules saw it, in their order.
        conventions: whose way of telling the graph follows; None for the text's own words.
        denied: positions of words for what is said not to be there or not so ("without cars"); nothing comes of them.
        guesses: positions of misspelled words, and the words that they were taken for.
        style: positions of words that say how the picture is made ("digital art"), not what is in it.
        unread: how many letters at its end were not read, because the text is too long.
    """

    text: str
    words: tuple[Word, ...]
    graph: SceneGraph
    mentions: tuple[Mention, ...]
    relation_words: tuple[tuple[int, ...], ...]
    rules: tuple[str, ...]
    rewrites: tuple[str, ...] = ()
    conventions: str | None = None
    denied: tuple[int, ...] = ()
    guesses: tuple[tuple[int, str], ...] = ()
    style: tuple[int, ...] = ()
    unread: int = 0

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a person should know of how the text was read."""
        said = [f"{self.words[i].text!r} was read as {word!r}." for i, word in self.guesses]
        if emoji := "".join(dict.fromkeys(EMOJI.findall(self.text)))[:MOST_EMOJI]:
            said.append(f"Emoji are not read: {emoji}; write words.")
        if self.unread:
            said.append(f"The last {self.unread} letters were not read; the text is too long.")
        return tuple(said)
