"""Names of a vocabulary that a sentence's grammar does not show.

It takes some apart: a potted plant is a plant that is potted. Others it takes for adjectives: "a remote", "a drier".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sg2im_parsers.english.parsed_text import Mention, ParsedText
from sg2im_parsers.grounding.vocabulary_lexicon import VocabularyLexicon
from sg2im_parsers.scene_graph import SceneGraph, SceneObject

NAMING = ("JJ", "NN", "RBR")
"""Tags of words that stand in names."""

ADJECTIVES = ("JJ", "JJR", "RBR")


def with_known_names(parsed: ParsedText, words: VocabularyLexicon) -> ParsedText:
    """The same text, where words are names of objects if a vocabulary has such names.

    What stands right before a noun belongs to its name then, and what nothing came of between an article and the end of
    its phrase is an object.
    """
    pairs = list(zip(parsed.graph.objects, parsed.mentions, strict=True))
    named = [_named(item, mention, parsed, words) for item, mention in pairs]
    named += _unread(parsed, [mention for _, mention in named], words)
    if named == pairs:
        return parsed
    graph = SceneGraph(tuple(item for item, _ in named), parsed.graph.relationships)
    return replace(parsed, graph=graph, mentions=tuple(mention for _, mention in named))


def read_word(parsed: ParsedText, word: int) -> str:
    """A word in small letters, as it was meant."""
    return dict(parsed.guesses).get(word) or parsed.words[word].text.lower()


def _named(
    item: SceneObject, mention: Mention, parsed: ParsedText, words: VocabularyLexicon
) -> tuple[SceneObject, Mention]:
    """The longest name of the vocabulary around an object's name; the object as it is if there is none."""
    for run in _runs_around(parsed, mention):
        *before, head = (read_word(parsed, word) for word in run)
        if any(words.has_name(" ".join([*before, form])) for form in (head, parsed.words[run[-1]].lemma)):
            kept = [i for i, group in enumerate(mention.attribute_words) if not set(group) & set(run)]
            return (
                replace(item, text=" ".join([*before, head]), attributes=tuple(item.attributes[i] for i in kept)),
                replace(
                    mention,
                    head=run[-1],
                    name_words=run,
                    attribute_words=tuple(mention.attribute_words[i] for i in kept),
                ),
            )
    return item, mention


def _runs_around(parsed: ParsedText, mention: Mention) -> Iterator[tuple[int, ...]]:
    """A name with words of attributes right before it, the most first; else with an adjective right behind it."""
    if mention.name_words[-1:] != (mention.head,):
        return
    yield from reversed(list(_runs_to(mention)))
    behind = mention.head + 1
    if behind < len(parsed.words) and parsed.words[behind].tag in ADJECTIVES:
        yield (*mention.name_words, behind)


def _runs_to(mention: Mention) -> Iterator[tuple[int, ...]]:
    """Words of whole attributes that end right before the name, ever more of them, and the name."""
    ends = {max(group): group for group in mention.attribute_words if group}
    run = mention.name_words
    while group := ends.get(min(run) - 1):
        if group != tuple(range(group[0], group[0] + len(group))):
            return
        run = (*group, *run)
        yield run


def _unread(parsed: ParsedText, mentions: list[Mention], words: VocabularyLexicon) -> list[tuple[SceneObject, Mention]]:
    """Names after an article that no noun follows, of words that nothing came of."""
    used = set(parsed.denied).union(*map(_words_of, mentions), *parsed.relation_words)
    found = []
    for start in range(1, len(parsed.words)):
        if parsed.words[start - 1].tag != "DT":
            continue
        end = start
        while _goes_on(parsed, end) and end not in used:
            end += 1
        run = tuple(range(start, end))
        name = " ".join(read_word(parsed, word) for word in run)
        if run and words.has_name(name) and not _goes_on(parsed, end):
            found.append((SceneObject(text=name), Mention(head=end - 1, name_words=run)))
    return found


def _words_of(mention: Mention) -> set[int]:
    groups = (mention.name_words, mention.again, mention.number_words, mention.place_words, *mention.attribute_words)
    return set().union(*groups)


def _goes_on(parsed: ParsedText, word: int) -> bool:
    """Whether this word may stand in a name."""
    return word < len(parsed.words) and (parsed.words[word].tag.startswith(NAMING) or parsed.words[word].text == "-")
