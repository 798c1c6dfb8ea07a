"""Verbs that look like nouns, and the same words as nouns."""

from caption_phrases import Phrase, cased, word
from caption_sentences import Sentences, construction


@construction(13)
def someone_goes(g: Sentences) -> Phrase:
    """A bird perches on a branch."""
    kind = g.kind()
    return g.predicate(g.subject(kind), kind, transitive=0)


@construction(8)
def someone_handles(g: Sentences) -> Phrase:
    """A woman waters the plants on her balcony."""
    kind = g.rng.choice(("people", "people", "animals", "vehicles"))
    return g.predicate(g.subject(kind), kind, transitive=1)


@construction(3)
def vehicle_goes(g: Sentences) -> Phrase:
    """A small plane lands on a grassy field; a man bikes on a road."""
    if g.chance(0.5):
        subject = g.actor("people", adjectives=0.3)
        verb, ways = g.rng.choice((("bike", "on along down"), ("ski", "down on across"), ("cycle", "on along past")))
    else:
        subject = g.phrase(g.one("plane jet helicopter airplane bird duck balloon seagull"), "birds", adjectives=0.6)
        verb, ways = g.rng.choice((("land", "on in near"), ("fly", "over above"), ("land", "on beside near")))
    way = g.one(ways)
    made = (verb, word(verb, "VB").then("obl", cased(g.place(way), way)))
    return g.finite(made, subject.plural).led("nsubj", subject)


@construction(2)
def articleless(g: Sentences) -> Phrase:
    """Woman rides horse on beach."""
    kind = g.rng.choice(("people", "animals", "vehicles"))
    subject = g.subject(kind, plural=0.3, bare=True)
    return g.finite(g.doing(kind, bare=True, transitive=0.8), subject.plural).led("nsubj", subject)


@construction(7)
def things_somewhere(g: Sentences) -> Phrase:
    """Two perches in a cage; a pair of skis against a wall."""
    noun = g.noun("many")
    things = g.described(word(noun, "NNS"), "things", 0.3)
    if g.chance(0.25):
        grouped = word(g.noun("groups"), "NN").led("det", word("a", "DT"))
        return g.somewhere(grouped.then("nmod", cased(things, "of")))
    if g.chance(0.3):
        holder = g.actor("people", bare=g.chance(0.2))
        return holder.then("nmod", cased(g.counted(things), g.one("with on near by")))
    return g.somewhere(g.counted(things))


@construction(7)
def compounds_somewhere(g: Sentences) -> Phrase:
    """Potato chips on a plate; some bird perches in a cage; a wooden ski pole by the door."""
    pairs = [pair.split() for pair in g.words["compounds"]["all"].replace("\n", " ").split("|")]
    first, last = g.rng.choice(pairs)
    head = word(last, "NNS").next_to("compound", word(first, "NN"))
    phrase = g.counted(g.described(head, "things", 0.3))
    way = g.rng.random()
    if way < 0.5:
        return g.somewhere(phrase)
    if way < 0.75:
        return g.somewhere(g.thing()).then("nmod", cased(phrase, "with"))
    made = g.verb("transitive", "people")[0]
    actor = g.actor("people", bare=g.chance(0.2))
    holding = g.one("holding carrying selling washing eating")
    assert made
    return actor.then("acl", word(holding, "VBG").then("obj", phrase))
