"""Rules are data: every packaged rule finds what its examples say, and every violation has its message."""

import pytest

from sg2im_errors import Sg2imError
from sg2im_parsers.english.extraction.relation_rules import RuleBook, RuleError, packaged_rules, read_rule, read_rules
from sg2im_parsers.english.parser import SceneGraphParser
from sg2im_parsers.english.pipeline import load_pipeline
from sg2im_parsers.english.word_lists import Phrasebook, packaged_phrasebook, read_data
from tests.parsers.trees import triples

EXAMPLES = [(rule.name, example) for rule in packaged_rules().rules.values() for example in rule.examples]
GOOD = {
    "name": "on",
    "says": "A thing on a thing.",
    "labels": ["nmod"],
    "subject": "head",
    "predicate": "{case}",
    "object": "dependent",
    "examples": [{"text": "a car on a street", "gives": ["car | on | street"]}],
}


@pytest.fixture(scope="module")
def parser():
    return SceneGraphParser(load_pipeline())


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[f"{name}: {e.text}" for name, e in EXAMPLES])
def test_a_rule_finds_what_its_examples_say(parser, name, example):
    parsed = parser(example.text)
    assert set(example.gives) <= triples(parsed)
    assert name in parsed.rules


def broken(**changes):
    return {key: value for key, value in {**GOOD, **changes}.items() if value is not ...}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (broken(name=...), "has no name"),
        (broken(name=""), "has no name"),
        (broken(wrong=1), "unknown key 'wrong'"),
        (broken(says=...), "'on' lacks 'says'"),
        (broken(labels=[]), "'on' lacks 'labels'"),
        (broken(examples=[]), "'on' lacks 'examples'"),
        (broken(labels="nmod"), "'labels' must be a list"),
        (broken(subject=3), "'subject' must be text"),
        (broken(has_object="yes"), "'has_object' must be true or false"),
        (broken(examples=["a car"]), "must have a 'text' and what it 'gives'"),
        (
            broken(examples=[{"text": "a car", "gives": ["car on street"]}]),
            "write it as 'subject | predicate | object'",
        ),
        (broken(says="two\nlines"), "longer than one line"),
        (broken(head="thing"), "has head 'thing'"),
        (broken(dependent="thing"), "has dependent 'thing'"),
        (broken(subject="nobody"), "has subject 'nobody'"),
        (broken(object="nobody"), "has object 'nobody'"),
        (broken(subject="dependent"), "relates 'dependent' to itself"),
        (broken(predicate="{noun}"), "unknown mark 'noun'"),
        (broken(case=[""]), "needs a preposition"),
        (broken(head_in="nowhere"), "'head_in' for the word list 'nowhere'"),
        (broken(dependent_in="nowhere"), "'dependent_in' for the word list 'nowhere'"),
    ],
)
def test_a_broken_rule_is_refused_with_a_message_of_its_own(table, message):
    with pytest.raises(RuleError, match=message):
        read_rules([table], {})


def test_two_rules_of_one_name_are_refused():
    book = RuleBook({})
    book.add(read_rule(GOOD))
    with pytest.raises(RuleError, match="two rules named 'on'"):
        book.add(read_rule(GOOD))


def test_the_first_rule_that_fits_is_taken():
    assert [rule.name for rule in packaged_rules().by_label["nmod"]].index("dressed") == 0


def test_every_word_list_and_preposition_is_in_lower_case():
    book = packaged_phrasebook()
    words = {word for entries in book.lists.values() for word in entries} | set(book.measures) | set(book.forms)
    assert words == {word.lower() for word in words}


def test_a_word_twice_in_a_list_and_a_missing_table_are_refused():
    words = read_data("rules_words.toml")
    prepositions = read_data("rules_prepositions.toml")
    with pytest.raises(Sg2imError, match="'people' has 'man' twice"):
        Phrasebook.from_data({**words, "lists": {"people": ["man", "man"]}}, prepositions)
    with pytest.raises(Sg2imError, match=r"lack the table \[numbers\]"):
        Phrasebook.from_data({key: value for key, value in words.items() if key != "numbers"}, prepositions)


CASES = ("", "*", "in", "on", "of", "with", "full of", "by", "behind", "in front of", "during", "for", "zzz")


@pytest.mark.parametrize("case", CASES)
def test_the_rules_for_a_preposition_are_those_that_a_plain_search_finds(case):
    book = packaged_rules()
    silent = packaged_phrasebook().lists["silent"]
    for label in (*book.by_label, "punct"):
        every = [rule for rule in book.rules.values() if label in rule.labels]
        asked = [r for r in every if r.case is None or case in r.case or ("*" in r.case and case not in {"", *silent})]
        assert book.rules_for(label, case) == asked


def test_a_rule_that_is_added_later_is_found_too():
    book = RuleBook({"silent": frozenset()})
    book.add(read_rule(GOOD))
    assert [rule.name for rule in book.rules_for("nmod", "near")] == ["on"]
    book.add(read_rule({**GOOD, "name": "near", "case": ["near"]}))
    assert [rule.name for rule in book.rules_for("nmod", "near")] == ["on", "near"]
    assert [rule.name for rule in book.rules_for("nmod", "on")] == ["on"]
