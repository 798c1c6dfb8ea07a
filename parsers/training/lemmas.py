"""Tables for spaCy's rule lemmatizer: what its suffix rules would get wrong, by word.

spaCy's own tables prefer any form that is a dictionary word ("riding" -> "rid"). Here
the inflections of all dictionary words (WordNet, from spacy-lookups-data) are spelled
out; a word whose lemma the suffix rules miss becomes an exception, the rest is left to
the rules, which also serve unknown words. Lemmas counted in the treebank come first.
"""

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from spacy.lookups import Lookups
from spacy.tokens import Doc

VOWELS = "aeiou"
SEEN = 2
# Plural in form, but the lemma is the word itself, as the treebanks have it.
KEPT = {
    *(
        "pants",
        "jeans",
        "shorts",
        "trousers",
        "slacks",
        "leggings",
        "tights",
        "overalls",
        "pajamas",
        "clothes",
    ),
    *("glasses", "sunglasses", "eyeglasses", "goggles", "binoculars", "headphones"),
    *("scissors", "pliers", "tweezers", "tongs", "stairs", "graffiti"),
}
NOUN_RULES = [
    *(("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"), ("zzes", "zz")),
    *(("uses", "us"), ("women", "woman"), ("men", "man"), ("'s", "")),
    *(("ss", "ss"), ("us", "us"), ("is", "is"), ("s", ""), ("", "")),
]
VERB_RULES = [
    *(
        ("ying", "y"),
        ("ies", "y"),
        ("ied", "y"),
        ("sses", "ss"),
        ("shes", "sh"),
        ("ches", "ch"),
        ("xes", "x"),
    ),
    *((2 * end + suffix, end) for end in "bdgmnprt" for suffix in ("ing", "ed")),
    *(
        (end + suffix, end + "e")
        for end in ("at", "iz", "is", "ur", "v", "c", "dg", "ag", "rs")
        for suffix in ("ing", "ed")
    ),
    *(("ing", ""), ("ed", ""), ("ss", "ss"), ("s", ""), ("", "")),
]
ADJ_RULES = [("iest", "y"), ("ier", "y"), ("", "")]
OTHER_RULES = [("", "")]
RULES = {"noun": NOUN_RULES, "verb": VERB_RULES, "adj": ADJ_RULES, "adv": OTHER_RULES} | dict.fromkeys(
    ("aux", "pron", "det", "part", "adp", "num", "cconj", "intj", "sym", "punct", "x"), OTHER_RULES
)

Table = dict[str, dict[str, str]]


def lemma_lookups(data: Path, docs: Iterable[Doc]) -> Lookups:
    """Build the lemmatizer's tables.

    Args:
        data: folder with the files of spacy-lookups-data.
        docs: treebank sentences with lemmas, and parts of speech as the pipeline assigns them.
    """
    lemmas = dictionary_lemmas(data)
    for pos, words in treebank_lemmas(docs).items():
        lemmas.setdefault(pos, {}).update(words)
    lemmas["noun"].update({word: word for word in KEPT})
    lookups = Lookups()
    lookups.add_table("lemma_rules", {pos: [list(rule) for rule in rules] for pos, rules in RULES.items()})
    lookups.add_table("lemma_exc", exceptions(lemmas))
    lookups.add_table("lemma_index", {})
    return lookups


def exceptions(lemmas: Table) -> dict[str, dict[str, list[str]]]:
    """Keep the words for which the suffix rules do not give the lemma."""
    return {
        pos: {word: [lemma] for word, lemma in sorted(words.items()) if by_rule(word, pos) != lemma}
        for pos, words in lemmas.items()
        if pos in RULES
    }


def by_rule(word: str, pos: str) -> str:
    """Apply the first suffix rule that fits, as spaCy does for a word without exception."""
    for old, new in RULES[pos]:
        if word.endswith(old) and len(word) - len(old) + len(new) > 0:
            return word[: len(word) - len(old)] + new
    return word


def treebank_lemmas(docs: Iterable[Doc]) -> Table:
    """Take the most frequent lemma of each word seen more than once with a part of speech."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for doc in docs:
        for token in doc:
            if token.pos_ not in {"PROPN", "X"}:
                counts[token.pos_.lower(), token.lower_][token.lemma_] += 1
    table: Table = defaultdict(dict)
    for (pos, word), seen in counts.items():
        lemma, count = seen.most_common(1)[0]
        if count >= SEEN:
            table[pos][word] = lemma
    return table


def dictionary_lemmas(data: Path) -> Table:
    """Map the inflected forms of all dictionary words to their lemmas, irregular ones last."""
    index = _load(data / "en_lemma_index.json.gz")
    irregular = _load(data / "en_lemma_exc.json.gz")
    table: Table = {"noun": {}, "verb": {}, "adj": {}, "adv": {}}
    inflect = {"noun": plurals, "verb": verb_forms, "adj": degrees, "adv": lambda _: iter(())}
    for pos, words in table.items():
        known = [word for word in index[pos] if word.isascii() and word.isalpha() and word.islower()]
        for lemma in sorted(known, key=lambda word: (-len(word), word)):
            words.update((form, lemma) for form in inflect[pos](lemma))
        if pos in {"noun", "adj"}:
            words.update((word, word) for word in known if by_rule(word, pos) != word and word not in words)
        words.update((form, lemmas[0]) for form, lemmas in irregular[pos].items() if "_" not in form)
    return table


def plurals(noun: str) -> Iterator[str]:
    """Spell the regular plural."""
    if noun.endswith("y") and noun[-2:-1] not in VOWELS:
        yield noun[:-1] + "ies"
    elif noun.endswith(("s", "x", "z", "ch", "sh")):
        yield noun + "es"
    else:
        yield noun + "s"


def verb_forms(verb: str) -> Iterator[str]:
    """Spell the regular -s, -ed and -ing forms, with both spellings where stress decides."""
    yield from plurals(verb)
    stems = [verb]
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        stems = [verb[:-1]]
    elif _may_double(verb):
        stems = [verb + verb[-1]] if _one_syllable(verb) else [verb, verb + verb[-1]]
    for stem in stems:
        yield stem + "ing"
        yield stem + "ed"
    if verb.endswith("e"):
        yield verb + "d"
    if verb.endswith("y") and verb[-2:-1] not in VOWELS:
        yield verb[:-1] + "ied"
    if verb.endswith("ie"):
        yield verb[:-2] + "ying"


def degrees(adjective: str) -> Iterator[str]:
    """Spell -er and -est of short adjectives."""
    if len(adjective) > 7 or _syllables(adjective) > 2:
        return
    stem = adjective
    if adjective.endswith("e"):
        stem = adjective[:-1]
    elif adjective.endswith("y") and adjective[-2:-1] not in VOWELS:
        stem = adjective[:-1] + "i"
    elif _may_double(adjective) and _one_syllable(adjective):
        stem = adjective + adjective[-1]
    elif _syllables(adjective) > 1 and not adjective.endswith(("le", "ow", "er", "et")):
        return
    yield stem + "er"
    yield stem + "est"


def _may_double(word: str) -> bool:
    return len(word) > 2 and word[-1] not in VOWELS + "wxyh" and word[-2] in VOWELS and word[-3] not in VOWELS


def _syllables(word: str) -> int:
    groups = "".join(c if c in VOWELS + "y" else " " for c in word).split()
    return len(groups)


def _one_syllable(word: str) -> bool:
    return _syllables(word) == 1


def _load(path: Path) -> dict[str, dict[str, list[str]]]:
    with gzip.open(path, "rt", encoding="utf8") as file:
        tables: dict[str, dict[str, list[str]]] = json.load(file)
    return tables
