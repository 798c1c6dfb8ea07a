"""What hangs from what: clauses behind a place, phrases in phrases, prepositions, adjectives before compounds."""

from caption_phrases import Phrase, cased, ing, placed, word
from caption_sentences import Sentences, construction

PERCHED = ("perched", "seated", "dressed", "wrapped", "tied", "parked")


@construction(6)
def does_while_doing(g: Sentences) -> Phrase:
    """An owl perched on a branch looking at the moon; a man sits on a bench reading a book."""
    kind = g.rng.choice(("people", "people", "animals", "birds"))
    actor = g.actor(kind, plural=g.chance(0.15))
    then = g.participle(g.doing(kind))
    if g.chance(0.12):
        then = then.led("punct", word(",", ","))
    if g.chance(0.3):
        _, first = g.passive(g.rng.choice(PERCHED))
        return actor.then("acl", first.then("advcl", then))
    made = g.moving(kind) if g.chance(0.7) else g.doing(kind)
    if g.chance(0.6):
        return actor.then("acl", g.participle(made).then("advcl", then))
    return g.finite(made, actor.plural).then("advcl", then).led("nsubj", actor)


@construction(9)
def doing(g: Sentences) -> Phrase:
    """An old lady in a hat feeding pigeons; man riding horse on beach."""
    kind, bare = g.kind(), g.chance(0.4)
    actor = g.actor(kind, plural=g.chance(0.2), bare=bare)
    if g.chance(0.35):
        actor = g.with_details(actor, kind, bare)
    elif g.chance(0.2):
        preposition = g.one("on in at by near")
        actor = actor.then("nmod", cased(g.place(preposition, bare), preposition))
    return actor.then("acl", g.participle(g.doing(kind, bare)))


@construction(3)
def from_here_to_there(g: Sentences) -> Phrase:
    """A path leading from the gate to the front door."""
    way = g.phrase(g.one("path road trail bridge rope ladder track hallway fence river pipe wire stairs"), the=0.1)
    gate = g.phrase(g.one("gate house barn road forest tower village garden church"), "places", the=0.7)
    door = g.one("door house lake river beach station castle hill well shore field")
    built = g.head(door)
    if door == "door":
        built = built.led("amod", word(g.one("front back old"), "JJ"))
    end = g.determined(built, the=0.7)
    verb = g.one("lead run stretch go wind extend")
    host = word(verb, "VB")
    if g.chance(0.7):
        host = host.then("obl", cased(gate, "from"))
    host = host.then("obl", cased(end, "to"))
    if g.chance(0.6):
        return way.then("acl", g.participle((verb, host)))
    return g.finite((verb, host), way.plural).led("nsubj", way)


@construction(6)
def phrases_in_phrases(g: Sentences) -> Phrase:
    """A girl in a red dress with white buttons; a man in a straw hat on a horse in the desert."""
    kind = g.rng.choice(("people", "people", "animals"))
    actor = g.with_details(g.actor(kind, bare=g.chance(0.15)), kind)
    preposition = g.one("on in at by near under behind")
    if g.chance(0.6):
        actor = actor.then("nmod", cased(g.place(preposition), preposition))
    return g.side(actor, "nmod") if g.chance(0.3) else actor


@construction(9)
def things_with_things(g: Sentences) -> Phrase:
    """A kid eating spaghetti with meatballs; a mug full of coffee; a tall glass of lemonade with two ice cubes."""
    way = g.rng.random()
    if way < 0.15:
        return pushed(g)
    if way < 0.55:
        dish = g.dish(g.rng.choice(list(g.words["foods"])))
        if g.chance(0.3):
            return g.somewhere(dish)
        eater = g.actor("people", bare=g.chance(0.2))
        return eater.then("acl", word(g.one("eating cooking holding serving making"), "VBG").then("obj", dish))
    if way < 0.82:
        held = g.container(bare=g.chance(0.2))
        if g.chance(0.25):
            cubes = g.head(g.one("straws handles ice_cubes lids flowers"), plural=True)
            held = held.then("nmod", cased(g.counted(cubes), "with"))
        return g.somewhere(held)
    noun = g.thing()
    with_it = g.phrase(g.noun("details"), plural=True, adjectives=0.5, bare=True)
    return g.somewhere(noun.then("nmod", cased(with_it, "with")))


@construction(5)
def towards_someone(g: Sentences) -> Phrase:
    """A hiker looks at a deer with huge antlers through the trees; a waiter serving soup to a man in a gray suit."""
    kind = g.rng.choice(("people", "people", "animals"))
    other = g.with_details(g.actor(kind, bare=False, plural=g.chance(0.1)), kind)
    actor = g.actor("people", bare=g.chance(0.15))
    if g.chance(0.5):
        verb, host = g.one("look stare wave smile point laugh"), cased(other, "at")
        made = (verb, word(verb, "VB").then("obl", host))
    else:
        verb = g.one("serve give hand sell bring pass throw")
        made = (verb, word(verb, "VB").then("obj", g.thing()).then("obl", cased(other, "to")))
    if g.chance(0.3):
        way = g.one("from through across behind")
        made = (verb, made[1].then("obl", cased(g.place(way), way)))
    if g.chance(0.5):
        return g.finite(made, actor.plural).led("nsubj", actor)
    return actor.then("acl", g.participle(made))


@construction(3)
def with_a_tool(g: Sentences) -> Phrase:
    """A boy eating spaghetti with a fork: the tool hangs from the verb, the meatballs from the spaghetti."""
    verb, things, tools = g.rng.choice(
        [row.split("|") for row in " ".join(g.words["tools"]["all"].split()).split(" / ")]
    )
    bare = g.chance(0.2)
    thing = g.object(things, bare) if verb != "eat" else g.phrase(g.one(things), bare=True)
    host = word(verb, "VB").then("obj", thing)
    host = host.then("obl", cased(g.phrase(g.one(tools), bare=bare, adjectives=0.2, the=0.05), "with"))
    actor = g.actor("people", bare=bare)
    if g.chance(0.3):
        return g.finite((verb, host), actor.plural).led("nsubj", actor)
    return actor.then("acl", g.participle((verb, host)))


def pushed(g: Sentences) -> Phrase:
    """Build "a woman pushing a stroller with a baby across the street": who rides in it hangs from it."""
    rider = g.phrase(g.one("baby child dog puppy cat doll toddler"), "people", adjectives=0.3, the=0)
    cart = g.phrase(g.one("stroller cart wagon wheelbarrow carriage basket sled crib box"), adjectives=0.2)
    verb = word(g.one("pushing pulling carrying"), "VBG").then("obj", cart.then("nmod", cased(rider, "with")))
    way = g.one("up down across along through past")
    return g.actor("people").then("acl", verb.then("obl", cased(g.place(way), way)))


@construction(7)
def beside(g: Sentences) -> Phrase:
    """A school opposite a church; a lamp next to the sofa; the bakery is across from the park."""
    noun = g.phrase(g.noun("places"), "places") if g.chance(0.4) else g.thing()
    way = g.rng.random()
    if way < 0.5:
        return g.side(noun, "nmod")
    if way < 0.75:
        doing, tag = g.rng.choice((("standing", "VBG"), ("lying", "VBG"), ("parked", "VBN"), ("placed", "VBN")))
        return noun.then("acl", g.side(word(doing, tag), "obl"))
    if way < 0.9:
        preposition = g.one("opposite beside near behind outside past against between")
        place = cased(g.place(preposition), preposition)
        return place.led("cop", g.be(noun.plural)).led("nsubj", noun)
    verb = g.one("stand sit rest lean")
    return g.finite((verb, g.side(word(verb, "VB"), "obl")), noun.plural).led("nsubj", noun)


@construction(9)
def simply_somewhere(g: Sentences) -> Phrase:
    """A small plane on a grassy field; two pine trees; a rusty fire hydrant by a wall of a house."""
    phrase = g.at_its_place(bare=g.chance(0.2))
    if g.chance(0.08):
        label, place = phrase.after[-1]
        preposition = g.one("near by behind in beside next_to in_front_of")
        other = g.phrase(g.noun("places"), "places", the=0.3)
        inner = placed(place, preposition, other, "nmod")
        return type(phrase)(phrase.word, phrase.tag, phrase.before, (*phrase.after[:-1], (label, inner)))
    return phrase


@construction(4)
def on_what_is_on(g: Sentences) -> Phrase:
    """A cup on a plate on a table; a man with a dog on a leash; a beach with mountains in the background."""
    inner = g.one("plate tray chair table shelf mat book box cart stove")
    if g.chance(0.5):
        middle = g.phrase(inner).then("nmod", cased(g.place("on"), g.one("on by near in")))
        noun = g.thing()
        return noun.then("nmod", cased(middle, g.one("on in under")))
    if g.chance(0.5):
        led = g.actor("animals", adjectives=0.2).then("nmod", cased(g.phrase(g.one("leash rope chain")), "on"))
        return g.actor("people").then("nmod", cased(led, "with"))
    hills = g.phrase(g.one("mountain tree house hill boat building"), plural=True, the=0, adjectives=0.2)
    hills = hills.then("nmod", cased(g.phrase("background", the=1, adjectives=0), "in"))
    return g.phrase(g.noun("places"), "places").then("nmod", cased(hills, "with"))


@construction(4)
def owned_things(g: Sentences) -> Phrase:
    """The girl's red kite in a tree; a woman brushing her horse's mane."""
    owner = g.phrase(g.noun(g.rng.choice(("people", "animals"))), the=0.4, adjectives=0.15)
    name = g.one(g.words["nouns"]["worn"] + " bed house kite bike toy tail head hair hand")
    thing = g.owned(owner, g.phrase(name, bare=True, adjectives=0.3))
    if g.chance(0.5):
        return g.somewhere(thing)
    holder = g.actor("people")
    return holder.then("acl", word(ing(g.one("hold carry brush wash pull wear")), "VBG").then("obj", thing))


@construction(2)
def there_is(g: Sentences) -> Phrase:
    """There is a dog on the bed; there are two cups on the tray."""
    noun = g.thing() if g.chance(0.5) else g.actor(g.kind(), plural=g.chance(0.2))
    be = g.be(noun.plural).led("expl", word("there", "EX"))
    if g.chance(0.3):
        return be.then("nsubj", noun.then("acl", g.participle(g.doing("people"))))
    preposition = g.one("on in under near by behind")
    return be.then("nsubj", noun).then("obl", cased(g.place(preposition), preposition))


@construction(3)
def is_so(g: Sentences) -> Phrase:
    """The sky is blue and the grass is green; the car in the yard is red."""
    noun = g.phrase(g.noun("things"), plural=g.chance(0.2), the=0.7)
    if g.chance(0.4):
        preposition = g.one("on in near by")
        noun = noun.then("nmod", cased(g.place(preposition), preposition))
    first = stated(g, noun)
    if g.chance(0.35):
        second = stated(g, g.phrase(g.noun("things"), plural=g.chance(0.2), the=0.7))
        first = first.then("conj", second.led("cc", word("and", "CC")))
    return first


def stated(g: Sentences, noun: Phrase) -> Phrase:
    """Build "the car is red"."""
    state = word(g.one(g.words["adjectives"]["state"]), "JJ")
    return state.led("cop", g.be(noun.plural)).led("nsubj", noun)
