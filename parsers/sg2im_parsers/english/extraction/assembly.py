"""From things and relations between tokens to the values that leave the room."""

from __future__ import annotations

from dataclasses import dataclass, field

from sg2im_parsers.english.extraction.coreference import antecedent, is_pronoun, same_thing
from sg2im_parsers.english.extraction.mentions import Thing
from sg2im_parsers.english.extraction.modifiers import Attribute, join_words
from sg2im_parsers.english.extraction.relations import OWNING, Found
from sg2im_parsers.english.parsed_text import Mention, ParsedText, Word
from sg2im_parsers.english.rewrites.negation import denied_words
from sg2im_parsers.english.tree import PLURAL_TAGS, Tree
from sg2im_parsers.english.word_lists import Phrasebook
from sg2im_parsers.scene_graph import Relationship, SceneGraph, SceneObject


@dataclass(slots=True)
class Assembly:
    """Objects of the graph while it is put together.

    Attributes:
        tree: the simplified tree.
        book: the packaged words.
        things: by position of their head.
        meant: for every head and pronoun, the position of the thing that it means.
        again: for a thing, further words that mean it.
    """

    tree: Tree
    book: Phrasebook
    things: dict[int, Thing]
    meant: dict[int, int] = field(default_factory=dict)
    again: dict[int, list[int]] = field(default_factory=dict)
    _names: dict[int, str] = field(default_factory=dict)

    def settle(self, found: list[Found]) -> None:
        """Decide which words mean the same thing."""
        self._merge_repeats()
        for token, meant in self.tree.means.items():
            for thing in meant:
                self.again.setdefault(self.meant[thing], []).append(token)
        for relation in found:
            for token in (relation.subject, relation.object):
                self.thing_meant(token)

    def told_once(self, found: list[Found]) -> list[Found]:
        """Without the "with" of "a table with plates on it" and of "standing with a dog behind him"."""
        pairs: set[tuple[int | None, int | None]] = set()
        for relation in found:
            subject, item = self._ends(relation)
            if item != relation.object and is_pronoun(self.tree, relation.object):
                pairs.add((item, subject))
        return [f for f in found if f.predicate.split()[-1] not in OWNING or self._ends(f) not in pairs]

    def things_meant(self, token: int) -> list[Thing]:
        """The things that a noun or a pronoun means: several for "they" of two."""
        meant = [self.thing_meant(each) for each in self.tree.means.get(token, (token,))]
        return [thing for thing in meant if thing is not None]

    def thing_meant(self, token: int) -> Thing | None:
        """The thing that a noun or a pronoun means."""
        if token not in self.meant and is_pronoun(self.tree, token):
            self._settle_pronoun(token)
        return self.things[self.meant[token]] if token in self.meant else None

    def _merge_repeats(self) -> None:
        names: dict[str, int] = {}
        for token in sorted(self.things):
            name = self.name(token)
            one_more = self.things[token].like is not None
            earlier = None if one_more else same_thing(self.tree, self.things, names, name, token)
            if earlier is None:
                self.meant[token] = token
                names[name] = token
            else:
                self._mean(token, earlier)

    def _settle_pronoun(self, token: int) -> None:
        thing = antecedent(self.tree, self.book, self.things, token)
        if thing is not None:
            self._mean(token, self.meant[thing])
        elif self.tree.lowers[token] in self.book.pronouns:
            self.things[token] = Thing(token, (token,))
            self.meant[token] = token

    def _mean(self, token: int, thing: int) -> None:
        self.meant[token] = thing
        self.again.setdefault(thing, []).append(token)

    def name(self, token: int) -> str:
        """A thing in the text's own words; a pronoun without antecedent by what it stands for."""
        if token not in self._names:
            self._names[token] = self._name(token)
        return self._names[token]

    def _name(self, token: int) -> str:
        thing = self.things[token]
        if thing.text is not None:
            return thing.text
        words = thing.name
        if len(words) == 1 and (stands_for := self.book.pronouns.get(self.tree.lowers[token])):
            return stands_for
        said = tuple(word for word in words if word not in thing.unsaid)
        return self.book.conventions.called(join_words(self.tree, said))

    def parsed(self, found: list[Found]) -> ParsedText:
        """Put everything together."""
        order = sorted({self.meant[token] for token in self.meant})
        index = {token: place for place, token in enumerate(order)}
        relations = self._relations(found, index)
        return ParsedText(
            text=self.tree.text,
            words=_words(self.tree, self.book),
            graph=SceneGraph(tuple(self._object(t) for t in order), tuple(r for r, _ in relations)),
            mentions=tuple(self._mention(t) for t in order),
            relation_words=tuple(f.words for _, f in relations),
            rules=tuple(f.rule for _, f in relations),
            rewrites=self.tree.rewrites,
            conventions=self.book.conventions.corpus,
            denied=denied_words(self.tree),
        )

    def _relations(self, found: list[Found], index: dict[int, int]) -> list[tuple[Relationship, Found]]:
        told: dict[Relationship, Found] = {}
        for relation in found:
            subject, item = self._ends(relation)
            if subject is not None and item is not None and subject != item:
                told.setdefault(Relationship(index[subject], relation.predicate, index[item]), relation)
        return list(told.items())

    def _ends(self, relation: Found) -> tuple[int | None, int | None]:
        return self.meant.get(relation.subject), self.meant.get(relation.object)

    def _object(self, token: int) -> SceneObject:
        thing = self.things[token]
        return SceneObject(
            text=self.name(token),
            attributes=tuple(a.text for a in _attributes(thing)),
            quantity=thing.quantity,
            place=None if thing.place is None else thing.place.text,
        )

    def _mention(self, token: int) -> Mention:
        thing = self.things[token]
        again = self.again.get(token, ())
        if thing.like is not None:
            kind = self.things[thing.like]
            return Mention(
                head=kind.head,
                name_words=kind.name,
                again=tuple(sorted({*self.tree.unit(token), *again})),
                attribute_words=tuple(a.words for a in _attributes(thing)),
                number_words=kind.number_words,
                amount=thing.amount,
                place_words=() if thing.place is None else thing.place.words,
            )
        return Mention(
            head=token,
            name_words=thing.name,
            again=tuple(sorted(again)),
            attribute_words=tuple(a.words for a in _attributes(thing)),
            number_words=thing.number_words,
            plural=self.tree.tags[token] in PLURAL_TAGS,
            amount=thing.amount,
            place_words=() if thing.place is None else thing.place.words,
        )


def _attributes(thing: Thing) -> list[Attribute]:
    if len(thing.attributes) < 2:
        return thing.attributes
    once: dict[str, Attribute] = {}
    for said in sorted(thing.attributes, key=lambda a: a.words):
        once.setdefault(said.text, said)
    return list(once.values())


PLACING = frozenset({"IN", "TO", "RP"})
CONTENT = frozenset({"NN", "VB", "JJ", "RB", "CD"})


def _words(tree: Tree, book: Phrasebook) -> tuple[Word, ...]:
    known = zip(tree.words, tree.lemmas, tree.tags, tree.starts, strict=True)
    return tuple([Word(*each, _is_content(tree, book, token)) for token, each in enumerate(known)])


def _is_content(tree: Tree, book: Phrasebook, token: int) -> bool:
    tag, word = tree.tags[token], tree.lowers[token]
    if tag in PLACING:
        return word not in ("of", "to", "that", "as", "if", "for", "with")
    if tree.labels[token].startswith(("aux", "cop", "expl")) or tree.lemmas[token] == "be":
        return False
    return tag[:2] in CONTENT or word in book.pronouns
