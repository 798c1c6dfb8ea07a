"""Where in the picture a thing is: "on the left", "in the top right corner of the photo", "in the background"."""

from __future__ import annotations

from sg2im_parsers.english.arguments import actor
from sg2im_parsers.english.rewrites.rewrite import Example, Rewrite
from sg2im_parsers.english.tree import Place, Tree
from sg2im_parsers.english.word_lists import Phrasebook, word_list, word_lists

OPPOSITES = (
    ({"left"}, {"right"}),
    ({"top", "upper"}, {"bottom", "lower"}),
    ({"background", "distance"}, {"foreground"}),
)
LONGEST = 7


def take_places(tree: Tree, book: Phrasebook) -> None:
    """Fill `Tree.places`, and take their words out of the tree."""
    start, leading = 0, book.lists["place_prepositions"]
    while start < len(tree) - 1:
        end = _end_of_place(tree, start) if tree.lowers[start] in leading else start
        if end == start or any(t in tree.gone for t in range(start, end)):
            start += 1
            continue
        span = range(start, end)
        thing = _what_is_there(tree, book, span)
        if thing is not None:
            thing = _not_in_two_places(tree, span, thing)
            said = _without_picture(tree, span)
            _cut_out(tree, span, thing)
            tree.places.append(Place(" ".join(tree.lowers[t] for t in said), tuple(said), thing))
        start = end


def _end_of_place(tree: Tree, start: int) -> int:
    """The position after "in the top left corner of the picture"; `start` if no place starts there."""
    within, at = word_lists("place_words", "place_sides", "place_kinds", "place_depths"), start + 1
    while at < len(tree) and at - start < LONGEST and tree.lowers[at] in within:
        at += 1
    if not _is_place(tree.lowers[start:at]) or (at < len(tree) and _goes_on(tree, at)):
        return start
    if tree.lowers[at : at + 1] == ["of"]:
        picture = at + 2 if tree.lowers[at + 1 : at + 2] in (["the"], ["a"], ["this"]) else at + 1
        found = picture < len(tree) and tree.lowers[picture] in word_list("pictures")
        return picture + 1 if found else start
    return at


def _is_place(words: list[str]) -> bool:
    """Whether it is a place of the picture: not "on top" or "in the right hand", which are places on things."""
    *before, last = words
    told_by = word_lists("place_sides", "place_depths")
    told = told_by.intersection(words)
    if not told or last not in told_by | word_list("place_kinds") or last == "hand":
        return False
    if last in ("top", "bottom") and words[0] in ("on", "near", "along") and len(told) == 1:
        return False
    return "the" in before or last in word_list("bare_places")


def _goes_on(tree: Tree, at: int) -> bool:
    """Whether the words before belong to a noun that follows: "on the left wing", "in the middle seat"."""
    return tree.is_noun(at) and tree.heads[at - 1] == at and tree.labels[at - 1] in ("amod", "compound", "det")


def _without_picture(tree: Tree, span: range) -> list[int]:
    of = next((t for t in span if tree.lowers[t] == "of"), span.stop)
    return list(range(span.start, of))


def _what_is_there(tree: Tree, book: Phrasebook, span: range) -> int | None:
    if (led := _led_to(tree, span)) is not None:
        return led
    top = next((t for t in span if tree.heads[t] not in span or tree.is_root(t)), span[0])
    head = tree.heads[top]
    if tree.is_root(top) or head in span:
        subject = tree.child(
            top, "nsubj", "nsubj:pass", "dep", "parataxis", "appos", "conj", "acl", "acl:relcl", "nmod"
        )
        return _noun(tree, book, subject) if subject is not None else _nearest(tree, span)
    return _noun(tree, book, head)


def _led_to(tree: Tree, span: range) -> int | None:
    """The noun after a place that stands between signs: "on the left, a dog; on the right, a cat"."""
    first = span.start == 0 or tree.lowers[span.start - 1] in (",", ";", ".")
    if not first or tree.lowers[span.stop : span.stop + 1] != [","]:
        return None
    after = next((t for t in range(span.stop + 1, len(tree)) if tree.is_noun(t)), None)
    articles = tree.lowers[span.stop + 1 : span.stop + 2] in (["a"], ["an"], ["the"], ["two"], ["some"])
    return after if articles else None


def _noun(tree: Tree, book: Phrasebook, token: int) -> int | None:
    if not tree.is_noun(token):
        found = actor(tree, token)
        return tree.child(token, "obj") if found is None else found
    subject = tree.child(token, "nsubj")
    if subject is not None and tree.case_of(token):
        return subject
    owned = tree.labels[token] == "nmod" and tree.is_noun(tree.heads[token])
    case = [tree.lowers[word] for word in tree.case_of(token)]
    carried = case == ["in"] or (case == ["with"] and _is_of_its_owner(tree, book, token))
    return tree.heads[token] if owned and carried else token


def _is_of_its_owner(tree: Tree, book: Phrasebook, noun: int) -> bool:
    """Whether it is where its owner is: a man with a hat is in the background, but not a beach with mountains there."""
    lists = (book.lists["clothes"], book.lists["parts"], book.lists["worn"], book.lists["body"])
    return any(tree.lemmas[noun] in words or tree.lowers[noun] in words for words in lists)


def _not_in_two_places(tree: Tree, span: range, thing: int) -> int:
    """The thing, or the noun before the place if the thing is told to be at its opposite: a wrong parse."""
    told = set(tree.lowers[span.start : span.stop])
    for place in tree.places:
        before = set(place.text.split())
        if place.thing == thing and any((told & a and before & b) or (told & b and before & a) for a, b in OPPOSITES):
            nearest = next((t for t in range(span.start - 1, max(place.words), -1) if tree.is_noun(t)), None)
            return thing if nearest is None else nearest
    return thing


def _nearest(tree: Tree, span: range) -> int | None:
    before = (t for t in range(span.start - 1, -1, -1) if tree.is_noun(t))
    after = (t for t in range(span.stop, len(tree)) if tree.is_noun(t))
    return next(before, next(after, None))


def _cut_out(tree: Tree, span: range, thing: int) -> None:
    """Take the words out; what hung from them goes to their head, or to the thing."""
    top = next((t for t in span if tree.heads[t] not in span or tree.is_root(t)), span[0])
    if tree.is_root(top):
        if tree.has_ancestor(thing, top):
            tree.put_in_place_of(thing, top)
        tree.move_children(top, thing)
    for token in span:
        if token not in tree.gone:
            tree.remove(token)


PLACES = Rewrite(
    name="places",
    says="Takes the words that say where in the picture a thing is out of the tree.",
    apply=take_places,
    after=("wrong tags", "lists"),
    examples=(
        Example(
            "a dog on the left of the picture",
            gives=("dog | is | on the left",),
            instead=("picture", "dog | left of | picture"),
        ),
    ),
)
