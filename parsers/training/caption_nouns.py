"""Noun phrases for sentences in the style of captions: articles, numbers, adjectives, compounds, owners."""

from __future__ import annotations

from caption_phrases import Phrase, Vocabulary, cased, word

COUNTS = "two three four five six seven eight nine ten"
CREATURES = ("people", "animals", "birds")
ACTORS = ("people", "people", "people", "animals", "birds", "vehicles")
AGED = 0.04
COMPOUND_TAGS = {"year": "NN"}


class Nouns(Vocabulary):
    """Builds noun phrases."""

    def head(self, noun: str, plural: bool = False) -> Phrase:
        """Build a noun with the nouns that stand before it: each hangs from the last ("ice cream cone")."""
        text = self.plural_of(noun) if plural and not self.is_plural(noun) else noun
        *before, last = text.split()
        phrase = word(last, "NNS" if plural or self.is_plural(noun) else "NN")
        for other in before:
            phrase = phrase.next_to("compound", word(other, "NN"))
        return phrase

    def adjective(self, kind: str) -> str:
        """Pick an adjective that goes with a kind of noun."""
        groups = {"people": "people", "animals": "animals", "birds": "animals", "places": "place"}
        return self.one(self.words["adjectives"][groups.get(kind) or ("color" if self.chance(0.4) else "thing")])

    def described(self, phrase: Phrase, kind: str, share: float) -> Phrase:
        """Put adjectives before a noun and its compounds, often none: "small old", "sleeping", "small but fierce"."""
        if not self.chance(share):
            return phrase
        if kind in CREATURES and self.chance(0.12):
            return phrase.led("amod", word(self.one(self.words["adjectives"]["doing"]), "VBG"))
        first = word(self.adjective(kind), "JJ")
        if self.chance(0.06):
            other = word(self.adjective(kind), "JJ").led("cc", word(self.one("but and"), "CC"))
            return phrase.led("amod", first.then("conj", other))
        phrase = phrase.led("amod", first)
        return phrase.led("amod", word(self.adjective(kind), "JJ")) if self.chance(0.2) else phrase

    def determined(self, phrase: Phrase, bare: bool = False, the: float = 0.15, owner: str = "") -> Phrase:
        """Put an article, a number or an owner before a noun phrase."""
        if bare:
            return phrase
        if owner:
            return phrase.led("nmod:poss", word(owner, "PRP$"))
        if self.chance(the):
            return phrase.led("det", word("the", "DT"))
        if phrase.tag == "NNS":
            return self.counted(phrase)
        following = phrase.before[0][1].word if phrase.before else phrase.word
        if phrase.word in self.words["nouns"]["mass"].split():
            return phrase
        return phrase.led("det", word("an" if following[0] in "aeiou" else "a", "DT"))

    def counted(self, phrase: Phrase) -> Phrase:
        """Put a number, "some" or nothing before a plural."""
        way = self.rng.random()
        if way < 0.35:
            return phrase.led("nummod", word(self.one(COUNTS), "CD"))
        return phrase.led("det", word("some", "DT")) if way < 0.45 else phrase

    def phrase(
        self,
        noun: str,
        kind: str = "things",
        *,
        plural: bool = False,
        adjectives: float = 0.25,
        bare: bool = False,
        the: float = 0.15,
        owner: str = "",
    ) -> Phrase:
        """Build a noun phrase of one noun."""
        built = self.described(self.head(noun, plural), kind, adjectives)
        return self.determined(built, bare, the, owner)

    def thing(self, bare: bool = False, adjectives: float = 0.35) -> Phrase:
        """Build a noun phrase of any thing; some of a material, some plural, some scissors."""
        way = self.rng.random()
        if way < 0.06:
            return self.phrase(self.noun("plural_only"), bare=bare)
        if way < 0.14:
            return self.material(bare)
        return self.phrase(self.noun("things"), plural=self.chance(0.2), adjectives=adjectives, bare=bare)

    def material(self, bare: bool = False) -> Phrase:
        """Build "a pink cardboard box": the material is a compound behind the adjectives."""
        built = self.head(self.noun("things")).led("compound", word(self.noun("materials"), "NN"))
        return self.determined(self.described(built, "things", 0.5), bare)

    def place(self, preposition: str, bare: bool = False, the: float = 0.2) -> Phrase:
        """Build a noun phrase of a place that goes with a preposition."""
        noun = self.one(self.words["scenery"][preposition])
        if preposition in {"on", "by", "near", "in", "opposite", "outside", "past"} and self.chance(0.2):
            noun = self.noun("places")
        plural = self.is_plural(noun)
        return self.phrase(noun, "places", plural=plural, adjectives=0.25, bare=bare, the=the)

    def actor(self, kind: str, plural: bool = False, bare: bool = False, adjectives: float = 0.3) -> Phrase:
        """Build a noun phrase of who does something."""
        if kind == "people" and not bare and self.chance(AGED):
            return self.aged()
        if plural and not bare and self.chance(0.15):
            return self.grouped(kind)
        return self.phrase(self.noun(kind), kind, plural=plural, bare=bare, adjectives=adjectives)

    def aged(self) -> Phrase:
        """Build "a two year old boy": two hangs from year, year from old, old from the boy."""
        year = word("year", "NN").led("nummod", word(self.one(COUNTS), "CD"))
        old = word("old", "JJ").led("obl:unmarked", year)
        return self.head(self.one("boy girl child kid baby toddler dog")).led("amod", old).led("det", word("a", "DT"))

    def grouped(self, kind: str) -> Phrase:
        """Build "a group of ten nuns"."""
        members = self.phrase(self.noun(kind), kind, plural=True, the=0, adjectives=0.2)
        group = word(self.noun("groups"), "NN").led("det", word("a", "DT"))
        return group.then("nmod", cased(members, "of"))

    def owned(self, owner: Phrase, thing: Phrase) -> Phrase:
        """Build "a girl's red kite"."""
        sign = "'" if owner.tag == "NNS" and owner.word.endswith("s") else "'s"
        return thing.led("nmod:poss", owner.then("case", word(sign, "POS")))

    def with_details(self, phrase: Phrase, kind: str, bare: bool = False) -> Phrase:
        """Hang clothes, parts or what is carried from an actor: "in a red dress with white buttons"."""
        if kind == "people" and self.chance(0.5):
            clothes = self.phrase(self.noun("worn"), adjectives=0.5, bare=bare, the=0)
            if self.chance(0.3):
                detail = self.phrase(self.noun("details"), plural=True, adjectives=0.6, the=0, bare=True)
                clothes = clothes.then("nmod", cased(detail, "with"))
            return phrase.then("nmod", cased(clothes, "in"))
        parts = {"people": ("carried", "body_people"), "animals": ("body_animals",), "birds": ("body_animals",)}
        part = self.phrase(self.noun(self.rng.choice(parts.get(kind, ("details",)))), bare=bare, adjectives=0.5, the=0)
        if kind == "people" and self.chance(0.25):
            limb = self.head(self.one("arm leg hand shoulder back head neck"), plural=self.chance(0.3))
            part = part.then("nmod", cased(limb.led("nmod:poss", word(self.one("his her"), "PRP$")), "on"))
        return phrase.then("nmod", cased(part, "with"))
