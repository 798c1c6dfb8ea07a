"""Why a text was read as it was: the pipeline's tree, what was rewritten of it, and which rule said what.

The parser rewrites a tree before the rules look at it (`parser.read_tree`). Both are kept side by side here: the
pipeline's own, to find its mistakes, and what the rules saw, to find theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sg2im_parsers.english.extraction.mentions import Thing
from sg2im_parsers.english.extraction.relation_rules import packaged_rules
from sg2im_parsers.english.normalization.normalize import plain, put_back, read, to_read
from sg2im_parsers.english.parsed_text import ParsedText
from sg2im_parsers.english.parser import parse_tree, read_tree
from sg2im_parsers.english.rewrites.order import REWRITES
from sg2im_parsers.english.rewrites.rewrite import Rewrite
from sg2im_parsers.english.tree import Tree

if TYPE_CHECKING:
    from spacy.language import Language


@dataclass(frozen=True, slots=True)
class Edge:
    """A word's place in a tree.

    Attributes:
        tag: Penn Treebank tag.
        label: of the edge up to the head.
        head: position of the head in `ParsedText.words`; None for a root.
    """

    tag: str
    label: str
    head: int | None


@dataclass(frozen=True, slots=True)
class Token:
    """A word in both trees.

    Attributes:
        given: in the pipeline's tree; None for what is not read (a request, markup, white space).
        seen: in the tree that the rules saw; None for a word that was taken out of it.
        joined: for a word that was taken out, position of the one it belongs to ("in front of" to its noun), if any.
    """

    given: Edge | None = None
    seen: Edge | None = None
    joined: int | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Which rule made a relationship of the open graph.

    Attributes:
        subject: position of the object in the open graph.
        predicate: as the open graph has it.
        object: position of the object in the open graph.
        rule: its name in ``data/rules.toml``.
        says: one line for people.
        words: positions of the words that the predicate was made of.
    """

    subject: int
    predicate: str
    object: int
    rule: str
    says: str
    words: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A parsed text and why it was read so.

    Attributes:
        parsed: the result.
        tokens: one for each of its words.
    """

    parsed: ParsedText
    tokens: tuple[Token, ...]

    @property
    def rewrites(self) -> tuple[Rewrite, ...]:
        """Those that changed the tree, in their order."""
        return tuple(each for each in REWRITES if each.name in self.parsed.rewrites)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """One for each relationship of the open graph, in its order."""
        return tuple(_reasons(self.parsed))

    def to_json(self) -> dict[str, Any]:
        """``{"tokens": [{"text", "start", "tag", "label", ...}], "rewrites": [...], "relationships": [...]}``."""
        words = zip(self.parsed.words, self.tokens, strict=True)
        names = [item.text for item in self.parsed.graph.objects]
        return {
            "tokens": [
                {
                    "text": word.text,
                    "start": word.start,
                    **_edge_json(token.given),
                    "seen": None if token.seen is None else _edge_json(token.seen),
                    "joined": token.joined,
                }
                for word, token in words
            ],
            "rewrites": [{"rewrite": each.name, "says": each.says} for each in self.rewrites],
            "relationships": [
                {
                    "subject": names[reason.subject],
                    "predicate": reason.predicate,
                    "object": names[reason.object],
                    "rule": reason.rule,
                    "says": reason.says,
                    "words": list(reason.words),
                }
                for reason in self.reasons
            ],
        }


def explain(nlp: Language, text: str) -> Explanation:
    """Parse a text as `SceneGraphParser` does, and keep the trees.

    Args:
        nlp: an English pipeline with tags, lemmas and dependencies.
        text: one text.
    """
    reading = read(text, nlp.make_doc(plain(text)))
    doc = nlp(to_read(reading))
    given, (seen, things) = Tree.from_doc(doc), read_tree(doc)
    parsed = put_back(parse_tree(seen, things), reading)
    places = reading.places
    joined = _joined(seen, things)
    tokens = [Token()] * len(parsed.words)
    for token, place in enumerate(places):
        owner = joined.get(token) if token in seen.gone else None
        tokens[place] = Token(
            given=_edge(given, token, places),
            seen=None if token in seen.gone else _edge(seen, token, places),
            joined=None if owner is None else places[owner],
        )
    return Explanation(parsed, tuple(tokens))


def _edge(tree: Tree, token: int, places: tuple[int, ...]) -> Edge:
    return Edge(tree.tags[token], tree.labels[token], None if tree.is_root(token) else places[tree.heads[token]])


def _edge_json(edge: Edge | None) -> dict[str, Any]:
    if edge is None:
        return {"tag": None, "label": None, "head": None}
    return {"tag": edge.tag, "label": edge.label, "head": edge.head}


def _joined(tree: Tree, things: Mapping[int, Thing]) -> dict[int, int]:
    """For words of prepositions, numbers, places and hyphenated words, what they belong to."""
    groups: list[tuple[int, Iterable[int]]] = [*tree.units.items(), *tree.cases.items()]
    for head, thing in things.items():
        groups += [(head, thing.number_words), (head, () if thing.place is None else thing.place.words)]
    return {word: owner for owner, words in groups for word in words if word != owner}


def _reasons(parsed: ParsedText) -> Iterator[Reason]:
    rules = packaged_rules().rules
    for i, relationship in enumerate(parsed.graph.relationships):
        yield Reason(
            relationship.subject,
            relationship.predicate,
            relationship.object,
            parsed.rules[i],
            rules[parsed.rules[i]].says,
            parsed.relation_words[i],
        )
