"""Rules that make relationships from edges of a dependency tree: data, checked when read.

A rule speaks of one edge, from a dependent up to its head, and of the preposition and verb at its ends. The
first rule of a label that fits an edge is taken. The rules themselves are in ``data/rules.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from sg2im_errors import Sg2imError
from sg2im_parsers.english.word_lists import packaged_phrasebook, read_data

KINDS = ("any", "noun", "whole", "verb", "passive", "preposition", "other")
SLOTS = ("head", "dependent", "actor", "own object")
LISTS = frozenset({"labels", "case", "head_case", "examples"})
SWITCHES = frozenset({"has_object", "has_subject", "has_stranded"})
MARKERS = frozenset({"case", "verb", "stranded"})
ANY_CASE = "*"
"""What a rule asks for that takes every preposition but silent ones."""


class RuleError(Sg2imError):
    """A rule that cannot be used; the message names the rule and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence and the relationships that a rule finds in it, as "subject | predicate | object"."""

    text: str
    gives: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One way in which an edge makes a relationship.

    Attributes:
        name: unique.
        says: one line for people.
        labels: the edge's labels (Universal Dependencies).
        head: what the head must be: any, noun, whole (a noun that has the noun after it: "tree" in "tree branch"),
            verb, passive (a passive verb), preposition, or other, which is neither noun nor verb.
        dependent: the same for the dependent.
        case: prepositions that the dependent must have; "" is none, "*" any.
        head_case: the same for the head.
        head_in: name of a word list that the head's lemma must be in.
        dependent_in: name of a word list that the dependent's lemma must be in.
        has_object: whether the verb must, or must not, have an object of its own.
        has_subject: whether the verb must, or must not, have a subject of its own.
        has_stranded: whether the clause must, or must not, leave a preposition without a noun.
        subject: which end is the subject: head, dependent, actor (whoever does what the verb says), own object.
        predicate: its words: "{verb}", "{case}", "{stranded}" and words of its own.
        object: which end is the object.
        examples: sentences with what this rule finds in them.
    """

    name: str
    says: str
    labels: tuple[str, ...]
    head: str = "any"
    dependent: str = "any"
    case: tuple[str, ...] | None = None
    head_case: tuple[str, ...] | None = None
    head_in: str | None = None
    dependent_in: str | None = None
    has_object: bool | None = None
    has_subject: bool | None = None
    has_stranded: bool | None = None
    subject: str
    predicate: str
    object: str
    examples: tuple[Example, ...]


def read_rule(table: Mapping[str, Any]) -> Rule:
    """Make a rule from its table in the data file.

    Raises:
        RuleError: a key is missing or unknown, or a value has the wrong type.
    """
    name = table.get("name")
    if not isinstance(name, str) or not name:
        raise RuleError("A rule has no name; give it one.")
    known = {field.name for field in fields(Rule)}
    if unknown := sorted(table.keys() - known):
        raise RuleError(f"Rule {name!r} has the unknown key {unknown[0]!r}; keys are {', '.join(sorted(known))}.")
    needed = ("says", "labels", "subject", "predicate", "object", "examples")
    if missing := [key for key in needed if not table.get(key)]:
        raise RuleError(f"Rule {name!r} lacks {missing[0]!r}.")
    _check_types(name, table)
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    values["examples"] = tuple(_example(name, entry) for entry in table["examples"])
    return Rule(**values)


def _check_types(name: str, table: Mapping[str, Any]) -> None:
    for key, value in table.items():
        if key in LISTS and not isinstance(value, list):
            raise RuleError(f"In rule {name!r}, {key!r} must be a list.")
        if key in SWITCHES and not isinstance(value, bool):
            raise RuleError(f"In rule {name!r}, {key!r} must be true or false.")
        if key not in LISTS | SWITCHES and not isinstance(value, str):
            raise RuleError(f"In rule {name!r}, {key!r} must be text.")


def _example(rule: str, entry: object) -> Example:
    if not isinstance(entry, Mapping) or not entry.keys() == {"text", "gives"} or not entry["gives"]:
        raise RuleError(f"An example of rule {rule!r} must have a 'text' and what it 'gives'.")
    if bad := [triple for triple in entry["gives"] if triple.count(" | ") != 2]:
        raise RuleError(f"Rule {rule!r} gives {bad[0]!r}; write it as 'subject | predicate | object'.")
    return Example(entry["text"], tuple(entry["gives"]))


class RuleBook:
    """Rules by the label of their edge, in the order in which they were added."""

    def __init__(self, lists: Mapping[str, frozenset[str]]) -> None:
        self.rules: dict[str, Rule] = {}
        self.by_label: dict[str, list[Rule]] = {}
        self.lists = lists
        self._named_cases = {"", *lists.get("silent", ())}
        self._by_case: dict[tuple[str, str], list[Rule]] = {}

    def add(self, rule: Rule) -> None:
        """Take a rule into the book.

        Raises:
            RuleError: it breaks a law of the format; each has its own message.
        """
        if rule.name in self.rules:
            raise RuleError(f"There are two rules named {rule.name!r}; names must differ.")
        for law in (_check_ends, _check_slots, _check_predicate):
            law(rule)
        for key in ("head_in", "dependent_in"):
            name = getattr(rule, key)
            if name is not None and name not in self.lists:
                raise RuleError(f"Rule {rule.name!r} asks in {key!r} for the word list {name!r}, which does not exist.")
        self.rules[rule.name] = rule
        for label in rule.labels:
            self.by_label.setdefault(label, []).append(rule)
        self._named_cases.update(rule.case or ())
        self._by_case.clear()

    def rules_for(self, label: str, case: str) -> list[Rule]:
        """The rules of a label that do not ask for another preposition of the dependent, or for none."""
        key = label, case if case in self._named_cases else ANY_CASE  # those that no rule names are all alike
        if key not in self._by_case:
            self._by_case[key] = [rule for rule in self.by_label.get(label, ()) if self.allows(rule.case, key[1])]
        return self._by_case[key]

    def allows(self, wanted: tuple[str, ...] | None, case: str) -> bool:
        """Whether a preposition in the form of a graph ("" is none) is one that a rule asks for."""
        if wanted == (ANY_CASE,):
            return bool(case) and case not in self.lists["silent"]
        return wanted is None or case in wanted


def _check_ends(rule: Rule) -> None:
    for key in ("head", "dependent"):
        if getattr(rule, key) not in KINDS:
            raise RuleError(f"Rule {rule.name!r} has {key} {getattr(rule, key)!r}; it can be {', '.join(KINDS)}.")
    if "\n" in rule.says:
        raise RuleError(f"What rule {rule.name!r} says is longer than one line.")


def _check_slots(rule: Rule) -> None:
    for key in ("subject", "object"):
        if getattr(rule, key) not in SLOTS:
            raise RuleError(f"Rule {rule.name!r} has {key} {getattr(rule, key)!r}; it can be {', '.join(SLOTS)}.")
    if rule.subject == rule.object:
        raise RuleError(f"Rule {rule.name!r} relates {rule.subject!r} to itself.")


def _check_predicate(rule: Rule) -> None:
    marks = set(re.findall(r"{(.*?)}", rule.predicate))
    if unknown := sorted(marks - MARKERS):
        raise RuleError(
            f"The predicate of rule {rule.name!r} has the unknown mark {unknown[0]!r}; marks are "
            "case, stranded and verb."
        )
    if "case" in marks and rule.case == ("",) and rule.head_case in (None, ("",)):
        raise RuleError(f"The predicate of rule {rule.name!r} needs a preposition, but the rule asks for none.")


def read_rules(tables: Sequence[Mapping[str, Any]], lists: Mapping[str, frozenset[str]]) -> RuleBook:
    """Read and check rules, in order."""
    book = RuleBook(lists)
    for table in tables:
        book.add(read_rule(table))
    return book


@cache
def packaged_rules() -> RuleBook:
    """The rules that come with the package."""
    return read_rules(read_data("rules.toml")["rule"], packaged_phrasebook().lists)
