"""What people who draw graphs of captions agree on, counted in captions with their graphs.

Is "brick" in "brick wall" a quality, is "traffic" in "traffic light" part of the name, does a tree have its branch?
Does a man "with" a hat have it? ``data/conventions.tsv`` answers by majority; ``parsers/training/conventions.py``
counts. Each line is one convention: its kind, what is found, what becomes of it, how often that was so, of how often
it was seen. A kind that knows the exact words is asked first, then those that know one of them.

Some of it is how English is meant: that a brick wall is of brick, and a surf board is a surfboard. The rest is how the
people of one corpus put things ("brush" is wash, a guy is a person, a kitchen sink is a sink). It misleads whoever says
"brush", so it is only followed where somebody asks for it by the corpus's name; see `of_language`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files

NAME, QUALITY, WHOLE, NOTHING = "name", "quality", "whole", "nothing"
"""What a word before a noun can be: part of its name, a quality, what has it, or nothing worth saying."""

KINDS = ("compound", "modifier", "head", "phrase", "attribute", "called", "relation", "absent")
FACTUAL = "factual"
"""The corpus whose conventions come with the package (ACL Findings 2023)."""

ALIKE = 0.8
"""From here on, two names are spellings of one."""

SAY_NOTHING = frozenset({"color", "colour", "haired", "s"})
"""Modifiers that say nothing by themselves in any text: "a blue color shirt"."""

ANY = "*"
TURNED = "<"
"""Before a predicate: the second noun is its subject."""


@dataclass(frozen=True)
class Conventions:
    """Conventions by kind.

    Attributes:
        tables: for each kind, what is found -> what becomes of it. Keys of "compound" are a word and a lemma
            ("brick wall"), of "modifier" and "head" one of the two, of "phrase" two words that are one quality
            ("chain link"), of "attribute" and "called" an attribute or name as written, of "relation" the words
            and two lemmas ("man|with|hat"), of which any can be "*", of "absent" a lemma that names no object.
        corpus: whose they are; None where the text's words are kept.
    """

    tables: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    corpus: str | None = None

    @classmethod
    def from_lines(cls, lines: Iterable[str], corpus: str | None = None) -> Conventions:
        """Read the lines of the data file."""
        tables: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}
        for line in lines:
            kind, found, becomes = line.split("\t")[:3]
            tables[kind][found] = becomes
        return cls(tables, corpus)

    def of_language(self) -> Conventions:
        """Only what keeps the text's words: how they belong together, who has or does what, what is no thing.

        No word becomes another, but as it is spelled, and none that says something is left out.
        """
        kept = {kind: {**table} for kind, table in self.tables.items()}
        for kind in ("compound", "modifier", "head"):
            kept[kind] = {found: role for found, role in kept[kind].items() if role != NOTHING or found in SAY_NOTHING}
        kept["called"] = {name: other for name, other in kept["called"].items() if _alike(name, other)}
        kept["relation"] = {found: told for found, told in kept["relation"].items() if _only_tells_who(found, told)}
        return Conventions(kept | {"attribute": {}})

    def compound(self, word: str, lemma: str, *, is_noun: bool) -> str | None:
        """What a word before a noun is; None if nobody knows. Adjectives do not depend on the noun alone."""
        return (
            self.tables["compound"].get(f"{word} {lemma}")
            or self.tables["modifier"].get(word)
            or (self.tables["head"].get(lemma) if is_noun else None)
        )

    def is_phrase(self, first: str, second: str) -> bool:
        """Whether two words are one quality: "chain link"."""
        return f"{first} {second}" in self.tables["phrase"]

    def attribute(self, text: str) -> str:
        """An attribute in its usual form."""
        return self.tables["attribute"].get(text, text)

    def called(self, name: str) -> str:
        """A name in its usual form."""
        return self.tables["called"].get(name, name)

    def is_absent(self, lemma: str) -> bool:
        """Whether a noun names nothing that a picture shows as an object: "night"."""
        return lemma in self.tables["absent"]

    def relation(self, first: str, said: str, second: str) -> str | None:
        """How a relation between two nouns is told, with `TURNED` before it if it is turned round; None as it is."""
        table = self.tables["relation"]
        for key in (
            f"{first}|{said}|{second}",
            f"{ANY}|{said}|{second}",
            f"{first}|{said}|{ANY}",
            f"{ANY}|{said}|{ANY}",
        ):
            if key in table:
                return table[key] or None
        return None


def _alike(name: str, other: str) -> bool:
    one, two = (text.replace(" ", "").replace("-", "") for text in (name, other))
    return SequenceMatcher(None, one, two).ratio() > ALIKE


def _only_tells_who(found: str, told: str) -> bool:
    """Whether a line says who has or does it, in the text's words: in "license plate of a car" the car has it."""
    said = found.split("|")[1]
    if said == "of":
        return told in ("have", f"{TURNED}have", f"{TURNED}in")
    return told.startswith(TURNED) and told.removeprefix(TURNED).split()[0] == said.split()[0]


@cache
def packaged_conventions() -> Conventions:
    """The conventions that come with the package, all of them."""
    text = (files("sg2im_parsers") / "data" / "conventions.tsv").read_text(encoding="utf8")
    return Conventions.from_lines(text.splitlines(), FACTUAL)
