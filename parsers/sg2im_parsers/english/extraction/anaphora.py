"""Words for one of several things: "one", "another", "the other", "the red one", "each", "both", "they" of two.

"There are two cats. One is black, the other is white." has a black cat and a white one: what "one" means is taken out
of the group, and "the other" is what is left of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sg2im_parsers.english.extraction.mentions import NOUN_PLACES, Thing
from sg2im_parsers.english.extraction.modifiers import attributes
from sg2im_parsers.english.tree import PLURAL_TAGS, ROOT, Tree
from sg2im_parsers.english.word_lists import Phrasebook

PLACES = NOUN_PLACES | {ROOT, "conj", "dep", "parataxis", "appos", "list"}
OTHERS = frozenset({"other", "others", "rest"})
ONES = frozenset({"one", "ones"})
ALL = frozenset({"each", "both", "all"})
THEY = frozenset({"they", "them"})
WORDS = OTHERS | ONES | ALL | {"another"}
SUBJECTS = frozenset({"nsubj", "nsubj:pass", ROOT})


def find_others(tree: Tree, book: Phrasebook, things: dict[int, Thing]) -> None:
    """Add a thing for each that is one more of its kind, and fill `Tree.means` for those that were named before."""
    _Others(tree, book, things).find()


@dataclass(slots=True)
class _Others:
    tree: Tree
    book: Phrasebook
    things: dict[int, Thing]
    left: int | None = None
    """The group of which one was taken out last."""

    before: list[int] = field(default_factory=list)
    """Things up to here, in the order of the text."""

    def find(self) -> None:
        for token in range(len(self.tree)):
            if token not in self.tree.gone and self.tree.labels[token] in PLACES:
                self._look_at(token)
            if token in self.things:
                self.before.append(token)

    def _look_at(self, token: int) -> None:
        word, tree = self.tree.lowers[token], self.tree
        said = {tree.lowers[c] for c in tree.children[token] if c < token}
        definite = "the" in said
        if word in WORDS and self._is_fixed(token):
            return
        if word in OTHERS and definite:
            self._other(token)
        elif word == "another" or (word in ONES and "another" in said):
            self._one_more(token, self._kind())
        elif word in ONES and tree.labels[token] != "nummod":
            self._one(token, definite=definite, other="other" in said)
        elif word in ALL | THEY and not tree.is_noun(token):
            self._all(token)
        elif token in self.things and definite and "other" in said and self._is_left(token):
            self._mean(token, self.left)

    def _is_fixed(self, token: int) -> bool:
        """Whether it means nothing by itself: "the rest of the tower", "one upon another"."""
        reciprocal = ["one", "another"] in (
            self.tree.lowers[token : token + 3 : 2],
            self.tree.lowers[max(0, token - 2) : token + 1 : 2],
        )
        of = self.tree.child(token, "nmod")
        if of is not None and self.tree.tags[of] == "PRP" and self.before:
            for case in self.tree.case_of(of):
                self.tree.remove(case)
            self.tree.remove(of)
            return False
        return of is not None or reciprocal

    def _is_left(self, token: int) -> bool:
        return self.left is not None and self.tree.lemmas[self.left] == self.tree.lemmas[token]

    def _one(self, token: int, *, definite: bool, other: bool) -> None:
        adjectives = [c for c in self.tree.all_children(token, "amod") if self.tree.lowers[c] != "other"]
        if other and definite:
            self._other(token)
        elif adjectives:
            self._such(token, adjectives, definite=definite)
        elif self.tree.lowers[token] == "one" and (group := self._group()) is not None:
            self._take_out(token, group)

    def _other(self, token: int) -> None:
        if self.left is not None:
            self._mean(token, self.left)
        else:
            single = [t for t in self.before if self.things[t].quantity == 1]
            self._one_more(token, single[-1] if single else self._kind())

    def _such(self, token: int, adjectives: list[int], *, definite: bool) -> None:
        said = [a for word in adjectives for a in attributes(self.tree, self.book, word)]
        texts = {a.text for a in said}
        known = [t for t in self.before if texts <= {a.text for a in self.things[t].attributes}]
        if definite and known:
            self._mean(token, known[-1])
        elif definite and self.tree.lowers[token] == "one" and (group := self._group()) is not None:
            self._take_out(token, group)
            self.things[token].attributes += said
        elif definite and self.left is not None and not self.things[self.left].attributes:
            self.things[self.left].attributes += said
            self._mean(token, self.left)
        elif self.before:
            described = [t for t in self.before if self.things[t].attributes and self.things[t].like is None]
            self._one_more(token, described[-1] if described else self._kind())
            if token in self.things:
                self.things[token].attributes += said

    def _all(self, token: int) -> None:
        group = self._group()
        together = self._together()
        if group == self.tree.heads[token]:
            group = None
        if together and (group is None or group < together[-1]):
            self.tree.means[token] = together
        elif group is not None and self.tree.lowers[token] in ALL:
            self._mean(token, group)

    def _mean(self, token: int, thing: int | None) -> None:
        if thing is not None:
            self.things.pop(token, None)
            self.tree.means[token] = (thing,)

    def _one_more(self, token: int, kind: int | None) -> None:
        if kind is not None:
            several = self.tree.lowers[token] == "ones"
            text = None if several else singular(self.tree, self.things[kind])
            text = text or " ".join(self.tree.lowers[word] for word in self.things[kind].name)
            self.things[token] = Thing(token, (token,), amount=1 + several, text=text, like=kind)

    def _take_out(self, token: int, group: int) -> None:
        self._one_more(token, group)
        take_one(self.tree, self.things[group])
        self.left = group

    def _kind(self) -> int | None:
        """Of what kind "another" is: that of the last thing that was spoken of, or else the last one named."""
        named = [t for t in self.before if self.things[t].like is None]
        told = [t for t in named if self._is_subject(t)] or named
        return told[-1] if told else None

    def _group(self) -> int | None:
        several = [t for t in self.before if self._is_several(t)]
        told = [t for t in several if self._is_subject(t)] or several
        return told[-1] if told else None

    def _is_subject(self, token: int) -> bool:
        return self.tree.labels[token] in SUBJECTS and not self.tree.case_of(token)

    def _is_several(self, token: int) -> bool:
        thing = self.things[token]
        return (thing.amount or 0) > 1 or (thing.amount is None and self.tree.tags[token] in PLURAL_TAGS)

    def _together(self) -> tuple[int, ...]:
        """The last things that an "and" joins."""
        for token in reversed(self.before):
            head = self.tree.heads[token]
            if self.tree.labels[token] == "conj" and head in self.things and self._is_subject(head):
                joined = [c for c in self.tree.all_children(head, "conj") if c in self.things]
                return (head, *joined)
        return ()


def singular(tree: Tree, thing: Thing) -> str:
    """What to call one of several: "red cats" -> "cat"."""
    compounds = [tree.lowers[word] for word in thing.name[:-1] if word not in thing.unsaid]
    return " ".join([*compounds, tree.lemmas[thing.head]])


def take_one(tree: Tree, group: Thing) -> None:
    """Let a group have one member less; what is left of two is told in the singular."""
    group.amount, group.quantity = max(1, (group.amount or 2) - 1), None
    if group.amount == 1:
        group.text = singular(tree, group)
