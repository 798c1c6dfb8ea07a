"""What sentences of captions have in common, and the list of constructions that they are made by."""

from __future__ import annotations

from collections.abc import Callable

from caption_clauses import Clauses
from caption_phrases import Phrase, cased, joined, word


class Sentences(Clauses):
    """Builds subjects, and what is said of a noun phrase."""

    def subject(self, kind: str, plural: float = 0.2, bare: bool = False) -> Phrase:
        """Build who acts, sometimes with clothes or what is carried, sometimes two of them."""
        actor = self.actor(kind, plural=self.chance(plural), bare=bare)
        if self.chance(0.12):
            actor = self.with_details(actor, kind, bare)
        if not bare and self.chance(0.05):
            actor = joined(actor, self.actor(kind))
        return actor

    def closed(self, noun: Phrase) -> Phrase:
        """Leave a noun phrase as it is, or make a sentence about it: "is red", "is in the park", "has pink wheels"."""
        way, be = self.rng.random(), self.be(noun.plural)
        if way < 0.45:
            return noun
        if way < 0.65:
            return word(self.one(self.words["adjectives"]["state"]), "JJ").led("cop", be).led("nsubj", noun)
        if way < 0.8:
            preposition = self.one("in on near by under behind outside")
            return cased(self.place(preposition), preposition).led("cop", be).led("nsubj", noun)
        if way < 0.92:
            has = word("have", "VBP") if noun.plural else word("has", "VBZ")
            details = self.phrase(self.noun("details"), plural=True, adjectives=0.7, bare=True)
            return has.led("nsubj", noun).then("obj", details)
        watched = word(self.one("watches follows sees"), "VBZ").led("nsubj", self.actor("people"))
        return watched.then("obj", noun)

    def somewhere(self, noun: Phrase) -> Phrase:
        """Hang a place from a noun: a preposition, or a participle with one."""
        if self.chance(0.15):
            return self.side(noun, "nmod")
        preposition = self.one("on in near by under against along behind down beside between")
        place = cased(self.place(preposition, bare=self.chance(0.1)), preposition)
        if self.chance(0.25):
            lying, tag = self.rng.choice((("lying", "VBG"), ("hanging", "VBG"), ("parked", "VBN"), ("leaning", "VBG")))
            return noun.then("acl", word(lying, tag).then("obl", place))
        return noun.then("nmod", place)

    def at_its_place(self, bare: bool = False) -> Phrase:
        """Build "a kid on a swing"."""
        kind = self.rng.choice(("people", "animals", "vehicles", "things", "things"))
        noun = self.thing(bare) if kind == "things" else self.actor(kind, plural=self.chance(0.15), bare=bare)
        preposition = self.one("on in under near by behind beside against above at")
        return noun.then("nmod", cased(self.place(preposition, bare), preposition))


Construction = Callable[[Sentences], Phrase]
CONSTRUCTIONS: dict[str, tuple[float, Construction]] = {}
"""Each construction with its weight, by the name of its function; the docstring is an example."""


def construction(weight: float) -> Callable[[Construction], Construction]:
    """Register a function as a construction that is chosen with this weight."""

    def register(made: Construction) -> Construction:
        CONSTRUCTIONS[made.__name__] = (weight, made)
        return made

    return register
