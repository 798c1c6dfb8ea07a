"""Who does what: verbs with their objects and places, and sentences made of them."""

from __future__ import annotations

from caption_nouns import ACTORS, Nouns
from caption_phrases import Phrase, cased, ing, placed, third, word

PREPOSITIONS_OF_SIDES = (
    "next to",
    "close to",
    "in front of",
    "on top of",
    "across from",
    "in the middle of",
    "on the side of",
    "at the edge of",
    "opposite",
    "beside",
    "between",
    "among",
    "past",
    "around",
    "outside",
    "toward",
)
SIDE_PLACES = "house tree church fence river bridge statue car road table lake castle fountain bench"
OWN = {"man": "his", "boy": "his", "king": "his", "woman": "her", "girl": "her", "lady": "her", "mother": "her"}


class Clauses(Nouns):
    """Builds verbs with what they are said of and with."""

    def kind(self) -> str:
        """Pick who acts."""
        return self.rng.choice(ACTORS)

    def verb(self, table: str, kind: str) -> tuple[str, str]:
        """Pick a verb that goes with an actor, and what follows it."""
        rows = self.words["verbs"][table].items()
        fits = [
            (name, row.split(": ")[1]) for name, row in rows if kind in row.split(":")[0].split() and "_" not in name
        ]
        return self.rng.choice(fits)

    def side(self, host: Phrase, label: str, bare: bool = False) -> Phrase:
        """Hang "next to a tree", "in front of a house" or "opposite the church" from a phrase."""
        preposition = self.rng.choice(PREPOSITIONS_OF_SIDES)
        if preposition in self.words["scenery"]:
            return placed(host, preposition, self.place(preposition, bare), label)
        return placed(host, preposition, self.phrase(self.one(SIDE_PLACES), "places", bare=bare, the=0.4), label)

    def moving(self, kind: str, bare: bool = False) -> tuple[str, Phrase]:
        """Pick "perch" and build its dependents: "on a branch", sometimes two places, sometimes a side."""
        verb, prepositions = self.verb("intransitive", kind)
        host = word(verb, "VB")
        if self.chance(0.15):
            return verb, self.side(host, "obl", bare)
        preposition = self.one(prepositions)
        if preposition == "with":
            return verb, host.then("obl", cased(self.thing(bare), "with"))
        place = self.place(preposition, bare)
        if self.chance(0.12):
            place = self.within(place, bare)
        elif self.chance(0.1):
            second = self.one("toward past with")
            then = cased(self.thing(bare) if second == "with" else self.place(second, bare), second)
            return verb, host.then("obl", cased(place, preposition)).then("obl", then)
        host = host.then("obl", cased(place, preposition))
        return verb, host

    def within(self, place: Phrase, bare: bool = False) -> Phrase:
        """Say where a place is: "a scarecrow in a cornfield", "a slide next to a sandbox"."""
        if self.chance(0.35):
            return self.side(place, "nmod", bare)
        preposition = self.one("in in near by behind with")
        noun = self.thing(bare) if preposition == "with" else self.place(preposition, bare)
        return place.then("nmod", cased(noun, preposition))

    def object(self, choices: str, bare: bool = False, owner: str = "") -> Phrase:
        """Build what is done something to."""
        if choices == "*":
            return self.thing(bare)
        noun = self.one(choices)
        if noun in {"tennis", "soccer", "television"}:
            return word(noun, "NN")
        if noun in self.words["foods"] and self.chance(0.5):
            return self.dish(noun)
        many = not bare and noun not in self.words["nouns"]["mass"].split() and self.chance(0.15)
        plural = self.is_plural(noun) or many
        return self.phrase(noun, plural=plural, bare=bare, owner=owner, adjectives=0.2)

    def dish(self, noun: str) -> Phrase:
        """Build "spaghetti with meatballs and cheese"."""
        extra, other = self.rng.sample(self.words["foods"][noun].split(), 2)
        base = self.phrase(noun, plural=self.is_plural(noun), adjectives=0.1, bare=noun in {"spaghetti", "toast"})
        first = self.phrase(extra, plural=self.is_plural(extra), bare=True, adjectives=0.15)
        if self.chance(0.4):
            second = self.phrase(other, plural=self.is_plural(other), bare=True, adjectives=0.1)
            first = first.then("conj", second.led("cc", word("and", "CC")))
        return base.then("nmod", cased(first, "with"))

    def container(self, bare: bool = False) -> Phrase:
        """Build "a bowl of strawberries"."""
        holder = self.rng.choice(list(self.words["containers"]))
        inside = self.one(self.words["containers"][holder])
        base = self.phrase(holder, adjectives=0.15, bare=bare)
        filling = self.phrase(inside, plural=self.is_plural(inside), bare=True, adjectives=0.15)
        if self.chance(0.15):
            second = self.one(self.words["containers"][holder])
            joined = self.phrase(second, plural=self.is_plural(second), bare=True, adjectives=0)
            filling = filling.then("conj", joined.led("cc", word("and", "CC")))
        return base.then("nmod", cased(filling, "of"))

    def handling(self, kind: str, bare: bool = False, owner: str = "") -> tuple[str, Phrase]:
        """Pick "water" and build its dependents: "the plants", often with a place or a tool."""
        verb, choices = self.verb("transitive", kind)
        done = self.container(bare) if choices == "*" and self.chance(0.2) else self.object(choices, bare, owner)
        host = word(verb, "VB").then("obj", done)
        if verb in {"push", "pull", "carry", "lift"} and self.chance(0.4):
            way = self.one("up down across along through into out_of past toward")
            return verb, host.then("obl", cased(self.place({"out of": "inside"}.get(way, way), bare), way))
        if self.chance(0.3):
            preposition = self.one("in on near by at under behind outside")
            return verb, host.then("obl", cased(self.place(preposition, bare), preposition))
        return verb, self.side(host, "obl", bare) if self.chance(0.08) else host

    def doing(self, kind: str, bare: bool = False, owner: str = "", transitive: float = 0.45) -> tuple[str, Phrase]:
        """Pick a verb with its dependents, with or without an object."""
        able = kind != "birds" and self.chance(transitive)
        return self.handling(kind, bare, owner) if able else self.moving(kind, bare)

    def finite(self, made: tuple[str, Phrase], plural: bool) -> Phrase:
        """Spell "perches" or "perch"."""
        verb, host = made
        return Phrase(verb if plural else third(verb), "VBP" if plural else "VBZ", host.before, host.after)

    def participle(self, made: tuple[str, Phrase]) -> Phrase:
        """Spell "perching"."""
        verb, host = made
        return Phrase(ing(verb), "VBG", host.before, host.after)

    def progressive(self, made: tuple[str, Phrase], plural: bool) -> Phrase:
        """Spell "is perching"."""
        return self.participle(made).led("aux", self.be(plural))

    def be(self, plural: bool) -> Phrase:
        """Spell "is" or "are"."""
        return word("are", "VBP") if plural else word("is", "VBZ")

    def owner_of(self, subject: Phrase, kind: str) -> str:
        """Pick "his" for a third of the men; nothing for most."""
        if not self.chance(0.3):
            return ""
        if subject.plural:
            return "their"
        return OWN.get(subject.word, "its" if kind != "people" else "his" if self.chance(0.5) else "her")

    def predicate(self, subject: Phrase, kind: str, transitive: float = 0.45) -> Phrase:
        """Build a finite verb that agrees with its subject, and hang the subject from it."""
        made = self.doing(kind, owner=self.owner_of(subject, kind), transitive=transitive)
        form = self.finite if self.chance(0.75) else self.progressive
        return form(made, subject.plural).led("nsubj", subject)

    def passive(self, verb: str) -> tuple[Phrase, Phrase]:
        """Build what is "covered" and the verb with its place: "a hill", "covered with snow"."""
        prepositions, nouns, hosts = self.words["passives"][verb].split(": ")
        preposition, noun = self.one(prepositions), self.one(nouns)
        plural = self.is_plural(noun) or (verb == "surrounded")
        ending = self.phrase(noun, plural=plural, adjectives=0.2, the=0.1)
        label = "obl:agent" if preposition == "by" and verb in {"surrounded", "lit"} else "obl"
        host = self.phrase(self.one(hosts), plural=self.chance(0.15))
        return host, word(verb, "VBN").then(label, cased(ending, preposition))
