"""The words that the rules speak of: prepositions, measures, numbers and lists, read from packaged data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from itertools import product
from typing import Any

from sg2im_errors import InputError, Sg2imError
from sg2im_parsers.english.conventions import FACTUAL, Conventions, packaged_conventions

TABLES = ("lists", "measures", "amounts", "numbers", "pronouns", "verbs", "derived", "fillers")


@dataclass(frozen=True, slots=True)
class Measure:
    """A noun before "of" that counts or measures what follows.

    Attributes:
        quality: what the graph says of the thing measured ("piece"), if anything.
        amount: how many are meant, if it says.
        exact: whether it says exactly.
    """

    quality: str | None = None
    amount: int | None = None
    exact: bool = False


@dataclass(frozen=True)
class Phrasebook:
    """Packaged words.

    Attributes:
        lists: words by what they do; rules name these lists.
        measures: nouns before "of", by lemma.
        amounts: vague numbers ("several") and how many to draw.
        numbers: exact numbers.
        pronouns: whom a pronoun means when nothing in the text does.
        phrases: first word -> prepositions that start with it, longest first, with their form in a graph.
        forms: single prepositions that have another form in a graph.
        forms_of_verbs: verbs that have another form in a graph.
        derived: adjectives made of nouns ("haired") and the nouns.
        fillers: participles that follow what fills or covers something ("snow covered"), and their verbs.
        attribute_forms: attributes that have another form in a graph.
        conventions: what people who draw graphs agree on, by counts.
        shares_numbers: whether "two men wearing hats" says that there are two hats; as many are drawn in any case.
    """

    lists: Mapping[str, frozenset[str]]
    measures: Mapping[str, Measure]
    amounts: Mapping[str, int]
    numbers: Mapping[str, int]
    pronouns: Mapping[str, str]
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    forms: Mapping[str, str]
    forms_of_verbs: Mapping[str, str]
    derived: Mapping[str, str]
    fillers: Mapping[str, str]
    attribute_forms: Mapping[str, str]
    conventions: Conventions = field(default_factory=Conventions)
    shares_numbers: bool = False

    @classmethod
    def from_data(
        cls,
        words: Mapping[str, Any],
        prepositions: Mapping[str, Any],
        conventions: Conventions | None = None,
        forms: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> Phrasebook:
        """Build it from the parsed data files.

        Args:
            words: tables of ``rules_words.toml``.
            prepositions: tables of ``rules_prepositions.toml``.
            conventions: counts.
            forms: tables of ``conventions.toml``, which come before those of the others.

        Raises:
            Sg2imError: a table is missing, or a list has a word twice.
        """
        for table in TABLES:
            if table not in words:
                raise Sg2imError(f"The packaged words lack the table [{table}]; install the package again.")
        told = forms or {}
        measures = words["measures"] | {m: words["measures"][m] | more for m, more in told.get("measures", {}).items()}
        return cls(
            lists={name: _word_list(name, entries) for name, entries in words["lists"].items()},
            measures={noun: Measure(**entry) for noun, entry in measures.items()},
            amounts=words["amounts"],
            numbers=words["numbers"],
            pronouns=words["pronouns"],
            phrases=_by_first_word({**prepositions["phrases"], **told.get("phrases", {})}, words["lists"]["articles"]),
            forms={**prepositions["words"], **told.get("words", {})},
            forms_of_verbs={**words["verbs"], **told.get("verbs", {})},
            derived=words["derived"],
            fillers=words["fillers"],
            attribute_forms=told.get("attributes", {}),
            conventions=conventions or Conventions(),
            shares_numbers=forms is not None,
        )

    @cached_property
    def phrases_by_start(self) -> dict[tuple[str, ...], list[tuple[str, ...]]]:
        """The words of each of `phrases` by the first two of them, longest first."""
        table: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for words, _ in (phrase for phrases in self.phrases.values() for phrase in phrases):
            table.setdefault(words[:2], []).append(words)
        return table


@cache
def packaged_phrasebook(conventions: str | None = None) -> Phrasebook:
    """The words that come with the package.

    Args:
        conventions: "factual" to tell everything as the people did who drew graphs for that corpus; None to keep the
            text's words.

    Raises:
        InputError: there are no conventions of that name.
    """
    words, prepositions = read_data("rules_words.toml"), read_data("rules_prepositions.toml")
    if conventions is None:
        return Phrasebook.from_data(words, prepositions, packaged_conventions().of_language())
    if conventions != FACTUAL:
        raise InputError(f"There are no conventions named {conventions!r}; name {FACTUAL!r}, or none.")
    return Phrasebook.from_data(words, prepositions, packaged_conventions(), read_data("conventions.toml"))


def word_list(name: str) -> frozenset[str]:
    """One of the packaged lists."""
    return packaged_phrasebook().lists[name]


@cache
def word_lists(*names: str) -> frozenset[str]:
    """The words of any of some packaged lists."""
    return frozenset().union(*map(word_list, names))


@cache
def read_data(name: str) -> dict[str, Any]:
    """Parse one of the package's TOML files."""
    return tomllib.loads((files("sg2im_parsers") / "data" / name).read_text(encoding="utf8"))


def _word_list(name: str, entries: list[str]) -> frozenset[str]:
    twice = sorted({word for word in entries if entries.count(word) > 1})
    if twice:
        raise Sg2imError(f"The packaged word list {name!r} has {twice[0]!r} twice; leave one.")
    return frozenset(entries)


def _by_first_word(
    phrases: Mapping[str, str], articles: Sequence[str]
) -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    table: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for phrase, form in phrases.items():
        for words in _spellings(phrase, articles):
            table.setdefault(words[0], []).append((words, form))
    return {first: tuple(sorted(found, key=lambda p: -len(p[0]))) for first, found in table.items()}


def _spellings(phrase: str, articles: Sequence[str]) -> list[tuple[str, ...]]:
    """Write out "(the)": any article, or nothing."""
    choices = [((), *((a,) for a in articles)) if word == "(the)" else ((word,),) for word in phrase.split()]
    return [tuple(word for part in parts for word in part) for parts in product(*choices)]
