"""Verbs, clauses, actors and things with "and", with commas, and side by side."""

from caption_phrases import Phrase, cased, joined, word
from caption_sentences import Sentences, construction


@construction(6)
def verbs_joined(g: Sentences) -> Phrase:
    """A cowboy rides a horse and waves his hat."""
    kind = g.rng.choice(("people", "people", "people", "animals"))
    subject = g.subject(kind)
    owner = g.owner_of(subject, kind)
    first, second = g.doing(kind), g.doing(kind, owner=owner)
    if g.chance(0.7):
        verbs = joined(g.finite(first, subject.plural), g.finite(second, subject.plural))
    else:
        verbs = joined(g.progressive(first, subject.plural), g.participle(second))
    return verbs.led("nsubj", subject)


@construction(4)
def participles_joined(g: Sentences) -> Phrase:
    """Teenagers eating pizza and drinking soda on a rooftop."""
    kind, bare = g.rng.choice(("people", "people", "animals")), g.chance(0.3)
    subject = g.subject(kind, plural=0.4, bare=bare)
    return subject.then("acl", joined(g.participle(g.doing(kind, bare)), g.participle(g.doing(kind, bare))))


@construction(5)
def clauses_joined(g: Sentences) -> Phrase:
    """A man skis down a hill and a dog runs behind the house."""
    kinds = [g.rng.choice(("people", "animals", "birds", "people", "vehicles")) for _ in range(2)]
    first, second = (g.predicate(g.subject(kind), kind) for kind in kinds)
    if g.chance(0.3):
        return first.then("advcl", second.led("mark", word("while", "IN")))
    return joined(first, second, comma=g.chance(0.25))


@construction(7)
def actors_joined(g: Sentences) -> Phrase:
    """A man wearing a hat and a woman feeding pigeons; two girls and a boy playing tennis."""
    kinds = g.rng.choice((("people", "people"), ("people", "animals"), ("animals", "animals")))
    first, second = (g.actor(kind, plural=g.chance(0.2)) for kind in kinds)
    if g.chance(0.4):
        return joined(first, second).then("acl", g.participle(g.doing(kinds[0])))
    first = first.then("acl", g.participle(g.doing(kinds[0])))
    if g.chance(0.75):
        second = second.then("acl", g.participle(g.doing(kinds[1])))
    return joined(first, second, comma=g.chance(0.15))


@construction(2)
def actors_joined_act(g: Sentences) -> Phrase:
    """A teacher and two students look at a globe and a map."""
    kind = g.rng.choice(("people", "people", "animals"))
    first, second = (g.actor(kind, plural=g.chance(0.2)) for _ in range(2))
    subject = joined(first, second)
    verb, host = g.handling(kind) if g.chance(0.5) else g.moving(kind)
    return g.finite((verb, host), plural=True).led("nsubj", subject)


@construction(6)
def places_joined(g: Sentences) -> Phrase:
    """A kid on a swing, a mom on a bench and a dog under a tree; a car on the road below it."""
    bare = g.chance(0.12)
    items = [g.at_its_place(bare) for _ in range(g.rng.choice((2, 2, 3, 3, 4)))]
    if g.chance(0.25):
        below = cased(word("it", "PRP"), g.one("below behind above under near beside on"))
        items[-1] = items[-1].then("nmod", below)
    return joined(*items, last="" if bare and g.chance(0.5) else "and", comma=g.chance(0.2))


@construction(10)
def lists(g: Sentences) -> Phrase:
    """A bathroom with a toilet, a sink and a mirror; tomatoes, two cups, a knife."""
    bare = g.chance(0.3)
    items = [g.thing(bare) for _ in range(g.rng.choice((2, 3, 3, 4)))]
    listed = joined(*items, last="" if g.chance(0.3) else "and", comma=g.chance(0.2))
    way = g.rng.random()
    if way < 0.22:
        return listed
    if way < 0.72:
        room = g.phrase(g.one("kitchen bedroom bathroom table shelf desk garden tray"), "things", bare=bare)
        return room.then("nmod", cased(listed, "with"))
    if way < 0.8:
        be = g.be(len(items) > 2)
        return be.led("expl", word("there", "EX")).then("nsubj", listed)
    actor = g.actor("people", bare=bare)
    return actor.then("acl", word(g.one("holding carrying buying selling washing"), "VBG").then("obj", listed))


@construction(4)
def two_places(g: Sentences) -> Phrase:
    """A dog and two cats beside a tree and a bench; a dog running on the beach and in the water."""
    kind, preposition = g.rng.choice(("people", "animals")), g.one("on in near by beside behind under")
    host = joined(g.actor(kind), g.actor(kind, plural=g.chance(0.4))) if g.chance(0.4) else g.actor(kind)
    first = cased(g.place(preposition), preposition)
    if g.chance(0.5):
        place = joined(first, g.place(preposition) if g.chance(0.5) else g.thing())
    else:
        second = g.one("on in near by behind under")
        place = joined(first, cased(g.place(second), second))
    if g.chance(0.4):
        return host.then("nmod", place)
    going = g.one("walk run stand sit play sleep")
    made = (going, word(going, "VB").then("obl", place))
    if g.chance(0.4):
        return g.finite(made, host.plural).led("nsubj", host)
    return host.then("acl", g.participle(made))
