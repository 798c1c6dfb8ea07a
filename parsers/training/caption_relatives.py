"""Relative clauses, with "that" and without, and participles that tell the same."""

from caption_phrases import Phrase, cased, word
from caption_sentences import Sentences, construction


def sitting(g: Sentences) -> tuple[str, str, Phrase, Phrase]:
    """Pick a verb, a preposition, the place that it is said of and who does it."""
    kind = g.rng.choice(("people", "animals", "birds", "vehicles"))
    while True:
        verb, prepositions = g.verb("intransitive", kind)
        preposition = g.one(prepositions)
        if preposition not in {"with", "into", "toward"}:
            break
    place = g.place(preposition, the=0.6)
    return verb, preposition, place, g.actor(kind, plural=g.chance(0.2), adjectives=0.25)


def said(g: Sentences, verb: str, agent: Phrase) -> Phrase:
    """Spell the verb without anything but its subject: "the cat sleeps", "the cat is sleeping"."""
    made = (verb, word(verb, "VB"))
    form = g.finite if g.chance(0.55) else g.progressive
    return form(made, agent.plural).led("nsubj", agent)


@construction(5)
def that_someone_handles(g: Sentences) -> Phrase:
    """The bike that the girl is riding has pink wheels; the sandcastle the children built."""
    kind = g.rng.choice(("people", "people", "animals"))
    verb, choices = g.verb("transitive", kind)
    noun = g.thing() if choices == "*" else g.one(choices)
    if isinstance(noun, str):
        if noun in {"tennis", "soccer", "television"}:
            noun = "ball"
        plural = g.is_plural(noun) or g.chance(0.15)
        noun = g.phrase(noun, plural=plural, the=0.6, adjectives=0.25)
    agent = g.actor(kind, plural=g.chance(0.25), adjectives=0.2)
    clause = past(verb, agent) if verb in PAST and g.chance(0.6) else said(g, verb, agent)
    if g.chance(0.5):
        clause = clause.led("obj", word(g.one("that that which"), "WDT"))
    if g.chance(0.15):
        preposition = g.one("in on near by")
        clause = clause.then("obl", cased(g.place(preposition), preposition))
    return g.closed(noun.then("acl:relcl", clause))


PAST = {
    "build": "built",
    "draw": "drew",
    "throw": "threw",
    "catch": "caught",
    "paint": "painted",
    "fix": "fixed",
    "plant": "planted",
    "cook": "cooked",
    "hang": "hung",
}


def past(verb: str, agent: Phrase) -> Phrase:
    """Spell "the children built", for a verb that has a listed past."""
    return word(PAST[verb], "VBD").led("nsubj", agent)


@construction(5)
def where_someone_sits(g: Sentences) -> Phrase:
    """A dusty shelf on which a black cat sits; a cafe where people are drinking coffee."""
    verb, preposition, place, agent = sitting(g)
    clause = said(g, verb, agent)
    way = g.rng.random()
    if way < 0.5:
        clause = clause.led("obl", cased(word("which", "WDT"), preposition))
    elif way < 0.7:
        clause = clause.led("advmod", word("where", "WRB"))
    elif way < 0.85:
        clause = clause.then("case", word(preposition, "IN")).led("obl", word("that", "WDT"))
    else:
        clause = clause.then("obl", word(preposition, "IN"))
    return g.closed(place.then("acl:relcl", clause))


@construction(2)
def where_someone_handles(g: Sentences) -> Phrase:
    """A tiny cafe where people are drinking coffee."""
    place = g.phrase(g.noun("places"), "places", the=0.3)
    agent = g.actor("people", plural=g.chance(0.5))
    clause = (g.finite if g.chance(0.5) else g.progressive)(g.handling("people"), agent.plural).led("nsubj", agent)
    return g.closed(place.then("acl:relcl", clause.led("advmod", word("where", "WRB"))))


@construction(6)
def whose_part(g: Sentences) -> Phrase:
    """The boy whose kite is stuck in a tall tree; a house whose roof is covered with moss."""
    owner = g.rng.choice(list(g.words["whose"]))
    noun = g.phrase(owner, the=0.35, adjectives=0.3)
    clause = whose(g, owner)
    if g.chance(0.12):
        other = whose(g, owner).led("cc", word("and", "CC"))
        clause = clause.then("conj", other)
    return g.closed(noun.then("acl:relcl", clause))


def whose(g: Sentences, owner: str) -> Phrase:
    """Build "whose roof is red", "whose roof is covered with moss", "whose hat lies on a chair"."""
    name = g.one(g.words["whose"][owner])
    plural = g.is_plural(name)
    part = g.phrase(name, plural=plural, bare=True, adjectives=0.1).led("nmod:poss", word("whose", "WP$"))
    way = g.rng.random()
    if way < 0.45:
        state = g.one(g.words["adjectives"]["state"] + " long short cracked broken")
        return word(state, "JJ").led("cop", g.be(plural)).led("nsubj", part)
    if way < 0.8:
        _, verb = g.passive(g.one("covered decorated painted tied stuck made lit"))
        return verb.led("aux:pass", g.be(plural)).led("nsubj:pass", part)
    preposition = g.one("on in near against under")
    lying = g.one("hang lie rest lean stand")
    made = (lying, word(lying, "VB").then("obl", cased(g.place(preposition), preposition)))
    return g.finite(made, plural).led("nsubj", part)


@construction(5)
def who_does(g: Sentences) -> Phrase:
    """A big dog that is chasing a red frisbee; a cat that is not black sitting on a windowsill."""
    kind = g.kind()
    actor = g.with_details(g.actor(kind), kind) if g.chance(0.15) else g.actor(kind, plural=g.chance(0.2))
    who = word("who", "WP") if kind == "people" and g.chance(0.6) else word(g.one("that that which"), "WDT")
    if g.chance(0.25):
        return with_state(g, actor, who)
    form = g.finite if g.chance(0.5) else g.progressive
    clause = form(g.doing(kind), actor.plural).led("nsubj", who)
    noun = actor.then("acl:relcl", clause)
    if g.chance(0.2):
        return g.finite(g.doing(kind), actor.plural).led("nsubj", noun)
    return g.closed(noun)


def with_state(g: Sentences, actor: Phrase, who: Phrase) -> Phrase:
    """Build "a cat that is not black", sometimes with what it does then."""
    state = word(g.one(g.words["adjectives"]["state"] + " old young big small"), "JJ")
    be = g.be(actor.plural)
    if g.chance(0.35):
        state = state.led("advmod", word("not", "RB"))
    noun = actor.then("acl:relcl", state.led("cop", be).led("nsubj", who))
    return noun.then("acl", g.participle(g.doing("people"))) if g.chance(0.4) else noun


@construction(6)
def done_to(g: Sentences) -> Phrase:
    """A house surrounded by trees; the hill that is covered with snow; the car is parked on a street."""
    noun, verb = g.passive(g.rng.choice(list(g.words["passives"])))
    way, be = g.rng.random(), g.be(noun.plural)
    if way < 0.5:
        return noun.then("acl", verb)
    if way < 0.75:
        return verb.led("aux:pass", be).led("nsubj:pass", noun)
    return g.closed(noun.then("acl:relcl", verb.led("aux:pass", be).led("nsubj:pass", word("that", "WDT"))))
