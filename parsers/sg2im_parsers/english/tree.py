"""A dependency tree as plain lists: what the rules see, whatever pipeline made it.

Labels are those of Universal Dependencies (with subtypes: ``nsubj:pass``, ``acl:relcl``); `clearnlp` rewrites
other trees into them. spaCy's token objects are read once, because asking them again is what costs time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sg2im_parsers.english.word_lists import Measure

if TYPE_CHECKING:
    from spacy.tokens import Doc

NOUN_TAGS = frozenset({"NN", "NNS", "NNP", "NNPS"})
PLURAL_TAGS = frozenset({"NNS", "NNPS"})
ROOT = "ROOT"


def _noun_tag(tag: str, text: str) -> str:
    """The tag of a noun as given, but white space and signs are never nouns, whatever a tagger makes of them."""
    return tag if text.isalnum() or any(c.isalnum() for c in text) else "SYM"


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text.

    Attributes:
        value: how many.
        exact: whether just so many are meant; "three or four" and "about ten" are not exact.
        words: positions of its words.
    """

    value: int
    exact: bool
    words: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """A noun that stands after "of": the words before it, and what they say."""

    words: tuple[int, ...]
    measure: Measure


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the picture.

    Attributes:
        text: "on the left".
        words: positions of its words.
        thing: position of the noun that is there.
    """

    text: str
    words: tuple[int, ...]
    thing: int


@dataclass(slots=True)
class Tree:
    """Tokens by position; a root is its own head.

    Rewriting steps change ``heads``, ``labels`` and ``children`` and remove tokens from the tree (``gone``)
    that have become part of another token's preposition or number.

    Attributes:
        text: the whole text.
        words: as written.
        lowers: in lower case.
        lemmas: in lower case.
        tags: Penn Treebank tags.
        starts: offset of each token in the text.
        heads: position of each token's head.
        labels: of the edge to the head.
        children: positions of each token's dependents, left to right.
        units: for a token that stands for several ("t-shirt"), all of them.
        cases: for a noun, the words of the preposition before it, when it was put together from several.
        gone: tokens that are no part of the tree any more.
        means: for words such as "each", the positions of the nouns that they mean.
        numbers: numbers, by the position of each of their words.
        measured: by what nouns are measured or counted ("a group of people"), by position.
        places: where in the picture things are.
        denied: nouns that are said not to be there.
        negated: verbs and other predicates that are said not to be so.
        rewrites: names of the rewrites that changed it.
    """

    text: str
    words: list[str]
    lowers: list[str]
    lemmas: list[str]
    tags: list[str]
    starts: list[int]
    heads: list[int]
    labels: list[str]
    children: list[list[int]] = field(init=False)
    units: dict[int, tuple[int, ...]] = field(default_factory=dict)
    cases: dict[int, tuple[int, ...]] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    means: dict[int, tuple[int, ...]] = field(default_factory=dict)
    numbers: dict[int, Number] = field(default_factory=dict)
    measured: dict[int, Measured] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    denied: set[int] = field(default_factory=set)
    negated: set[int] = field(default_factory=set)
    rewrites: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.children = [[] for _ in self.words]
        for token, head in enumerate(self.heads):
            if head != token:
                self.children[head].append(token)

    @classmethod
    def from_doc(cls, doc: Doc) -> Tree:
        """Read a parsed Doc, as it is."""
        rows = [(t.text, t.lemma_, t.tag_, t.idx, t.head.i, t.dep_ or "dep") for t in doc]
        words, lemmas, tags, starts, heads, labels = map(list, zip(*rows, strict=True) if rows else [()] * 6)
        lowers = [word.lower() for word in words]
        return cls(
            text=doc.text,
            words=words,
            lowers=lowers,
            lemmas=[lemma.lower() or low for lemma, low in zip(lemmas, lowers, strict=True)],
            tags=[_noun_tag(tag, word) if tag in NOUN_TAGS else tag for tag, word in zip(tags, words, strict=True)],
            starts=starts,
            heads=heads,
            labels=labels,
        )

    def __len__(self) -> int:
        return len(self.words)

    @property
    def parts(self) -> tuple[list[str] | list[int] | dict[int, Number] | set[int], ...]:
        """What tells whether a tree was rewritten, as it is kept here, not copies; the rest changes only with these."""
        return self.heads, self.labels, self.tags, self.lemmas, self.numbers, self.denied, self.negated

    def unit(self, token: int) -> tuple[int, ...]:
        """The tokens that a token stands for: itself, or all parts of a hyphenated word."""
        return self.units.get(token, (token,))

    def is_noun(self, token: int) -> bool:
        """Whether it is tagged as a noun."""
        return self.tags[token] in NOUN_TAGS

    def is_verb(self, token: int) -> bool:
        """Whether it is tagged as a verb."""
        return self.tags[token].startswith("V")

    def is_root(self, token: int) -> bool:
        """Whether nothing is above it."""
        return self.heads[token] == token

    def child(self, token: int, *labels: str) -> int | None:
        """The first dependent with one of the labels, or None."""
        for dependent in self.children[token]:
            if self.labels[dependent] in labels:
                return dependent
        return None

    def all_children(self, token: int, *labels: str) -> list[int]:
        """Every dependent with one of the labels."""
        return [dependent for dependent in self.children[token] if self.labels[dependent] in labels]

    def has_ancestor(self, token: int, above: int) -> bool:
        """Whether `above` is the token or lies on its way to the root."""
        for _ in range(len(self.words)):
            if token == above:
                return True
            if self.heads[token] == token:
                return False
            token = self.heads[token]
        return False

    def attach(self, token: int, head: int, label: str) -> None:
        """Give a token another head; a token that is put under itself becomes a root."""
        old = self.heads[token]
        if old != token:
            self.children[old].remove(token)
        self.heads[token], self.labels[token] = head, label
        if head != token:
            siblings = self.children[head]
            siblings.append(token)
            siblings.sort()

    def put_in_place_of(self, new: int, old: int) -> None:
        """Give `new` the head and label of `old`, one of its ancestors, and hang `old` below it."""
        head, label = self.heads[old], self.labels[old]
        self.attach(new, new, ROOT)
        if head != old:
            self.attach(new, head, label)
        self.attach(old, new, "dep")

    def move_children(self, old: int, new: int, *but: str) -> None:
        """Hang the dependents of `old` under `new`, except those with the labels given."""
        for dependent in list(self.children[old]):
            if dependent != new and self.labels[dependent] not in but:
                self.attach(dependent, new, self.labels[dependent])

    def remove(self, token: int) -> None:
        """Take a token out of the tree; what hung below it goes to its head."""
        head = self.heads[token]
        for dependent in list(self.children[token]):
            self.attach(dependent, dependent if head == token else head, self.labels[dependent])
        if head != token:
            self.children[head].remove(token)
            self.heads[token] = token
        self.labels[token] = "gone"
        self.gone.add(token)

    def case_of(self, token: int) -> tuple[int, ...]:
        """The words of the preposition that leads to a noun, left to right."""
        if token in self.cases:
            return self.cases[token]
        found: list[int] = []
        for dependent in self.children[token]:
            if self.labels[dependent] == "case" and self.tags[dependent] != "POS":
                found.append(dependent)
                found += self.all_children(dependent, "fixed", "case")
        return tuple(sorted(found)) if len(found) > 1 else tuple(found)
