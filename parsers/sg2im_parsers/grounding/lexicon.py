"""Which words may stand for which: packaged data that serves every vocabulary."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources

from sg2im_parsers.grounding.attribute_data import AttributeWords, packaged_attribute_words
from sg2im_parsers.grounding.wordnet import WordNet, packaged_wordnet


@dataclass(frozen=True)
class Lexicon:
    """What may stand for what, by hand (``data/lexicon.toml``), and behind it WordNet.

    Attributes:
        synonyms: words that mean the same, both ways.
        kinds: more general words, in order of preference.
        usual: what a word is usually seen as, though it does not say so ("vehicle": car); of no other word than this.
        own: plurals that mean something of their own ("glasses"); they are no plural of their base form.
        pairs: plurals of one thing ("jeans"); they make one object.
        living: objects that have things, and stand beside others that are theirs: "a man with a dog".
        standing: objects that stand beside who has them: "the man's house".
        opaque: compounds that are not what their head says ("hot dog").
        parts: heads of compounds that are only a part of what has no count ("grass area").
        relations: predicates for a phrase, in order of preference; "~" swaps subject and object, of "x or y" the seed
            takes one.
        lemmas: base forms of irregular plurals and of the words in models' predicates.
        stuff: what has no count, for vocabularies that do not say.
        wordnet: the table behind them.
        attributes: what is said of things, from ``data/attributes.toml``.
    """

    synonyms: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, tuple[str, ...]]
    usual: Mapping[str, tuple[str, ...]]
    own: frozenset[str]
    pairs: frozenset[str]
    living: frozenset[str]
    standing: frozenset[str]
    opaque: frozenset[str]
    parts: frozenset[str]
    relations: Mapping[str, tuple[str, ...]]
    lemmas: Mapping[str, str]
    stuff: frozenset[str]
    wordnet: WordNet
    attributes: AttributeWords

    @cached_property
    def meanings(self) -> dict[str, str]:
        """The words by hand by their meaning in WordNet, so that what is a kind of theirs finds them."""
        found: dict[str, str] = {}
        for word in (*self.synonyms, *self.kinds):
            for sense in self.wordnet.senses(word):
                found.setdefault(sense, word)
        return found


@cache
def packaged_lexicon() -> Lexicon:
    """The lexicon that comes with the package."""
    text = (resources.files("sg2im_parsers") / "data" / "lexicon.toml").read_text(encoding="utf8")
    data = tomllib.loads(text)
    synonyms: dict[str, tuple[str, ...]] = {}
    for group in data["synonyms"]:
        for word in group:
            others = tuple(w for w in group if w != word)
            synonyms[word] = synonyms.get(word, ()) + others
    return Lexicon(
        synonyms,
        {word: tuple(targets) for word, targets in data["kinds"].items()},
        {word: tuple(targets) for word, targets in data["usual"].items()},
        frozenset(data["own"]),
        frozenset(data["pairs"]),
        frozenset(data["living"]),
        frozenset(data["standing"]),
        frozenset(data["opaque"]),
        frozenset(data["parts"]),
        {phrase: tuple(targets) for phrase, targets in data["relations"].items()},
        data["lemmas"],
        frozenset(data["stuff"]),
        packaged_wordnet(),
        packaged_attribute_words(),
    )
